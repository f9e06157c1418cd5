import type { GlueColumn, GlueTable } from '../catalog/catalog.ts';
import { parseHiveType } from '../sql/types/index.ts';
import type { Type } from '../sql/types.ts';
import { failure } from './failure.ts';
import type { DataColumn } from './scan/source.ts';

export function isView(table: GlueTable): boolean {
  return table.TableType === 'VIRTUAL_VIEW' || table.Parameters?.presto_view === 'true';
}

export function dataColumns(table: GlueTable): readonly DataColumn[] {
  return typed(table, table.StorageDescriptor?.Columns ?? []);
}

export function partitionColumns(table: GlueTable): readonly DataColumn[] {
  return typed(table, table.PartitionKeys ?? []);
}

export function columnType(column: GlueColumn): Type | undefined {
  return parseHiveType(column.Type ?? '');
}

function typed(table: GlueTable, columns: readonly GlueColumn[]): readonly DataColumn[] {
  return columns.map((column) => {
    const type = columnType(column);
    if (type === undefined) {
      const text = `Unsupported Hive type: ${column.Type} in ${table.DatabaseName}.${table.Name} ${column.Name}`;
      throw failure('HIVE_INVALID_METADATA', text);
    }
    return { name: column.Name.toLowerCase(), type };
  });
}
