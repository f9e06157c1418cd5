import type { Catalog, GlueTable } from '../../catalog/catalog.ts';
import type { Scan } from '../../sql/sql.ts';
import { duckdbType, quoteName, quoteText } from '../../sql/types/index.ts';
import type { ObjectStore } from '../../store/object-store.ts';
import { failure, notImplemented } from '../failure.ts';
import type { Connection } from '../session.ts';
import { dataColumns, partitionColumns } from '../table-meta.ts';
import { byFile } from './by-file.ts';
import { groupBy } from './compression.ts';
import { filesOf } from './files.ts';
import type { Footers } from './footer.ts';
import { fileGroups, isByName, serdeOf } from './formats.ts';
import { hiddenColumn } from './hidden.ts';
import { partitionSchema } from './partition-schema.ts';
import { partitionValue } from './partition-value.ts';
import { matchingPartitions } from './partitions.ts';
import type { PlainText } from './plain-text.ts';
import type { DataColumn, FileGroup, FormatServices, ScanFile, ScanPartition } from './source.ts';

export interface ScanServices {
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  readonly footers: Footers;
  readonly plainText: PlainText;
}

export interface PreparedScan {
  /** A SELECT with the table's columns and the hidden ones that the scan names. */
  readonly select: string;
  readonly bytes: number;
  readonly partitions: number;
  readonly files: number;
}

/** Finds the partitions, files and columns that a statement needs of a table and writes the SELECT that reads them. */
export async function prepareScan(
  scan: Scan,
  table: GlueTable,
  services: ScanServices,
  connection: Connection,
): Promise<PreparedScan> {
  refuseOtherFormats(table);
  const partitions = await matchingPartitions(table, scan.partitionFilter, services.catalog, connection);
  const files = filesOf(services.objects, partitions);
  const data = dataColumns(table);
  const groups = await groupsOf(table, data, files, scan, { ...services, connection });
  const keys = partitionColumns(table);
  // A WITH query may name columns that nothing reads in the end: they must be there, and cost nothing, since DuckDB
  // reads of a view only what is used. What is scanned is counted by the columns that are.
  const names = [...new Set([...[...data, ...keys].map((column) => column.name), ...scan.columns])];
  const selects = groups.map((group) => selectOf(names, data, keys, group));
  return {
    select: selects.length === 0 ? emptySelect(names, data, keys) : selects.join('\nUNION ALL\n'),
    bytes: groups.reduce((sum, group) => sum + group.bytes, 0),
    partitions: partitions.length,
    files: files.length,
  };
}

function refuseOtherFormats(table: GlueTable): void {
  const kind = table.Parameters?.table_type ?? table.Parameters?.['spark.sql.sources.provider'] ?? '';
  if (/^(iceberg|delta|hudi)$/i.test(kind)) throw notImplemented(`reading ${kind} tables`);
}

/** Partitions keep the storage descriptor they were made with: what differs from the table's is read in its own way. */
async function groupsOf(
  table: GlueTable,
  columns: readonly DataColumn[],
  files: readonly ScanFile[],
  scan: Scan,
  services: FormatServices,
): Promise<readonly FileGroup[]> {
  const groups: FileGroup[] = [];
  for (const some of groupBy(files, (file) => formatKey(file.partition)).values()) {
    const { partition } = some[0]!;
    const own = partitionSchema(table, partition, columns, isByName(partition.descriptor));
    const request = {
      table: `${table.DatabaseName}.${table.Name}`,
      files: some,
      descriptor: partition.descriptor,
      parameters: table.Parameters ?? {},
      columns: own,
      wanted: new Set(scan.columns),
      rowFilters: scan.rowFilters ?? [],
    };
    for (const group of await fileGroups(request, services)) groups.push(coerced(group, own));
  }
  return groups;
}

/** What was read as the partition declares it, in the table's types. */
function coerced(group: FileGroup, own: readonly DataColumn[]): FileGroup {
  return {
    ...group,
    column: (column) => {
      const declared = own.find((candidate) => candidate.name === column.name) ?? column;
      const sql = group.column(declared);
      if (declared.type === column.type) return sql;
      const lossy = declared.type.kind === 'varchar' && column.type.kind !== 'char';
      return `${lossy ? 'TRY_CAST' : 'CAST'}(${sql} AS ${duckdbType(column.type)})`;
    },
  };
}

const formatKeys = new WeakMap<object, string>();

/** Files are read together where their partitions say the same of format and columns. */
function formatKey({ descriptor }: ScanPartition): string {
  const known = formatKeys.get(descriptor);
  if (known !== undefined) return known;
  const columns = (descriptor.Columns ?? []).map(({ Name, Type }) => [Name, Type]);
  const key = JSON.stringify([serdeOf(descriptor), descriptor.SerdeInfo?.Parameters ?? {}, columns]);
  formatKeys.set(descriptor, key);
  return key;
}

function selectOf(
  names: readonly string[],
  data: readonly DataColumn[],
  keys: readonly DataColumn[],
  group: FileGroup,
): string {
  const items = names.map((name) => {
    const column = data.find((candidate) => candidate.name === name);
    if (column !== undefined) return `${group.column(column)} AS ${quoteName(name)}`;
    const k = keys.findIndex((key) => key.name === name);
    if (k >= 0) return `${keyValue(group, keys[k]!, k)} AS ${quoteName(name)}`;
    return `${hiddenColumn(name, keys, group.files)} AS ${quoteName(name)}`;
  });
  return `SELECT ${items.length === 0 ? '1 AS "one"' : items.join(', ')} FROM ${group.from}`;
}

function keyValue(group: FileGroup, key: DataColumn, k: number): string {
  return byFile(
    group.files.map((file) => quoteText(file.partition.values[k] ?? '')),
    (text) => partitionValue(text, key.type),
  );
}

function emptySelect(names: readonly string[], data: readonly DataColumn[], keys: readonly DataColumn[]): string {
  const all = [...data, ...keys];
  const items = names.map((name) => {
    const type = all.find((column) => column.name === name)?.type;
    if (type === undefined) return `${hiddenColumn(name, keys, [])} AS ${quoteName(name)}`;
    return `CAST(NULL AS ${duckdbType(type)}) AS ${quoteName(name)}`;
  });
  return `SELECT ${items.length === 0 ? '1 AS "one"' : items.join(', ')} WHERE false`;
}

export function noSuchTable(database: string, name: string): Error {
  return failure('TABLE_NOT_FOUND', `Table 'awsdatacatalog.${database}.${name}' does not exist`);
}
