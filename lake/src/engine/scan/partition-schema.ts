import type { GlueTable } from '../../catalog/catalog.ts';
import { sameType } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { failure } from '../failure.ts';
import { partitionPath } from '../location.ts';
import { columnType } from '../table-meta.ts';
import type { DataColumn, ScanPartition } from './source.ts';

const INTEGERS = ['tinyint', 'smallint', 'integer', 'bigint'];

/**
 * The columns of a table as one of its partitions declares them: the data was written by that declaration, and is cast
 * to the table's afterwards. Types that Hive can't coerce fail the query, as in Athena. By name where the files carry
 * names (Parquet, JSON), else by position.
 */
export function partitionSchema(
  table: GlueTable,
  partition: ScanPartition,
  columns: readonly DataColumn[],
  byName: boolean,
): readonly DataColumn[] {
  const own = partition.descriptor.Columns;
  if (partition.values.length === 0 || own === undefined || own === table.StorageDescriptor?.Columns) return columns;
  return columns.map((column, i) => {
    const declared = byName ? own.find((candidate) => candidate.Name.toLowerCase() === column.name) : own[i];
    const type = declared === undefined ? undefined : columnType(declared);
    if (type === undefined || sameType(type, column.type)) return column;
    if (!canRead(type, column.type)) throw mismatch(table, partition, i, declared!);
    return { name: column.name, type };
  });
}

function mismatch(
  table: GlueTable,
  partition: ScanPartition,
  index: number,
  declared: { readonly Name: string; readonly Type?: string },
): Error {
  const column = table.StorageDescriptor?.Columns?.[index];
  const keys = (table.PartitionKeys ?? []).map((key) => key.Name);
  return failure(
    'HIVE_PARTITION_SCHEMA_MISMATCH',
    'There is a mismatch between the table and partition schemas. The types are incompatible and cannot be coerced. ' +
      `The column '${column?.Name}' in table '${table.DatabaseName}.${table.Name}' is declared as type '${column?.Type}', ` +
      `but partition '${partitionPath(keys, partition.values)}' declared column '${declared.Name}' as type '${declared.Type}'.`,
  );
}

/** Trino's coercions between Hive types; see also Athena's "Handle schema updates". */
function canRead(from: Type, to: Type): boolean {
  if (from.kind === 'row' && to.kind === 'row') return rowsFit(from, to);
  if (from.kind === 'array' && to.kind === 'array') return canCoerce(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') return canCoerce(from.key, to.key) && canCoerce(from.value, to.value);
  if (to.kind === 'varchar') {
    return [...INTEGERS, 'varchar', 'char', 'boolean', 'date', 'timestamp', 'double'].includes(from.kind);
  }
  if (from.kind === 'varchar') return to.kind === 'char' || INTEGERS.includes(to.kind);
  const at = INTEGERS.indexOf(from.kind);
  if (at >= 0) return INTEGERS.indexOf(to.kind) > at;
  if (from.kind === 'real') return to.kind === 'double';
  if (from.kind === 'double') return to.kind === 'real';
  if (from.kind === 'decimal') return ['decimal', 'double', 'real'].includes(to.kind);
  return from.kind === 'char' && to.kind === 'char';
}

function canCoerce(from: Type, to: Type): boolean {
  return sameType(from, to) || canRead(from, to);
}

/** Fields may be added or left out at the end; those in common keep their names and places. */
function rowsFit(from: Extract<Type, { kind: 'row' }>, to: Extract<Type, { kind: 'row' }>): boolean {
  return to.fields.every((field, i) => {
    const other = from.fields[i];
    return other === undefined || (other.name === field.name && canCoerce(other.type, field.type));
  });
}
