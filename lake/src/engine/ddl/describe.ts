import type { GlueColumn, GluePartition, GlueStorageDescriptor, GlueTable } from '../../catalog/catalog.ts';
import type { Describe } from '../../hive/statement.ts';
import { semanticFailure } from '../failure.ts';
import { isView } from '../table-meta.ts';
import { decodeView } from '../view-text.ts';
import { requirePartition } from './partitions.ts';
import { type DdlServices, requireTable } from './place.ts';
import type { Listing } from './show.ts';

const COLUMNS = ['col_name', 'data_type', 'comment'] as const;

/** DESCRIBE of a table, one of its partitions or columns, or a view: cells of 20 characters with tabs between. */
export function describe(services: DdlServices, statement: Describe): Listing {
  const table = requireTable(services, statement.table);
  if (isView(table)) return describeView(table);
  if (statement.column !== undefined) return describeColumn(table, statement.column);
  const partition = statement.spec === undefined ? undefined : requirePartition(services, table, statement.spec);
  const storage = (partition ?? table).StorageDescriptor ?? {};
  const lines = columnLines(table, storage, statement.detail === 'formatted');
  if (statement.detail === 'formatted') lines.push(...detailLines(table, partition, storage));
  if (statement.detail === 'extended') lines.push('', extendedLine(table, storage));
  return { columns: COLUMNS, lines };
}

function line(...cells: readonly string[]): string {
  return cells.map((cell) => cell.padEnd(20)).join('\t');
}

function columnLine(column: GlueColumn): string {
  return line(column.Name, column.Type ?? '', column.Comment ?? '');
}

function columnLines(table: GlueTable, storage: GlueStorageDescriptor, heads: boolean): string[] {
  const keys = table.PartitionKeys ?? [];
  const head = [line('# col_name', 'data_type', 'comment'), line('', '', '')];
  const lines = heads ? [...head] : [];
  lines.push(...(storage.Columns ?? []).map(columnLine));
  if (!heads) lines.push(...keys.map(columnLine));
  if (keys.length > 0) {
    lines.push(line('', '', ''), line('# Partition Information', '', ''), ...head, ...keys.map(columnLine));
  }
  return lines;
}

function detailLines(
  table: GlueTable,
  partition: GluePartition | undefined,
  storage: GlueStorageDescriptor,
): readonly string[] {
  const parameters = Object.entries((partition ?? table).Parameters ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const serde = Object.entries(storage.SerdeInfo?.Parameters ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const what =
    partition === undefined
      ? [
          line('# Detailed Table Information', '', ''),
          line('Database:', table.DatabaseName, ''),
          line('Owner:', table.Owner ?? '', ''),
          line('CreateTime:', new Date(table.CreateTime * 1000).toUTCString(), ''),
          line('LastAccessTime:', 'UNKNOWN', ''),
          line('Protect Mode:', 'None', ''),
          line('Retention:', String(table.Retention ?? 0), ''),
          line('Location:', storage.Location ?? '', ''),
          line('Table Type:', table.TableType ?? '', ''),
          line('Table Parameters:', '', ''),
        ]
      : [
          line('# Detailed Partition Information', '', ''),
          line('Partition Value:', `[${partition.Values.join(', ')}]`, ''),
          line('Database:', table.DatabaseName, ''),
          line('Table:', table.Name, ''),
          line('Location:', storage.Location ?? '', ''),
          line('Partition Parameters:', '', ''),
        ];
  return [
    line('', '', ''),
    ...what,
    ...parameters.map(([key, value]) => line('', key, value)),
    line('', '', ''),
    line('# Storage Information', '', ''),
    line('SerDe Library:', storage.SerdeInfo?.SerializationLibrary ?? '', ''),
    line('InputFormat:', storage.InputFormat ?? '', ''),
    line('OutputFormat:', storage.OutputFormat ?? '', ''),
    line('Compressed:', storage.Compressed ? 'Yes' : 'No', ''),
    line('Num Buckets:', String(storage.NumberOfBuckets ?? -1), ''),
    line('Bucket Columns:', `[${(storage.BucketColumns ?? []).join(', ')}]`, ''),
    line('Sort Columns:', '[]', ''),
    ...(serde.length > 0 ? [line('Storage Desc Params:', '', '')] : []),
    ...serde.map(([key, value]) => line('', key, value)),
  ];
}

function extendedLine(table: GlueTable, storage: GlueStorageDescriptor): string {
  const parameters = Object.entries(table.Parameters ?? {}).map(([key, value]) => `${key}=${value}`);
  const text =
    `Table(tableName:${table.Name}, dbName:${table.DatabaseName}, owner:${table.Owner ?? ''}, ` +
    `createTime:${table.CreateTime}, location:${storage.Location ?? ''}, inputFormat:${storage.InputFormat ?? ''}, ` +
    `outputFormat:${storage.OutputFormat ?? ''}, parameters:{${parameters.join(', ')}}, tableType:${table.TableType ?? ''})`;
  return line('Detailed Table Information', text, '');
}

function describeColumn(table: GlueTable, name: string): Listing {
  const column = [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])].find(
    (c) => c.Name === name,
  );
  if (column === undefined) throw semanticFailure(`[Error 10002]: Invalid column reference ${name}`);
  const comment = column.Comment ?? 'from deserializer';
  return { columns: COLUMNS, lines: [line(column.Name, column.Type ?? '', comment)] };
}

function describeView(table: GlueTable): Listing {
  const columns = decodeView(table).columns.map(({ name, type }) => line(name, type, ''));
  return { columns: COLUMNS, lines: columns };
}
