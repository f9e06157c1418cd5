import type { ResultColumn } from './engine.ts';

/** ColumnInfo of GetQueryResults. */
export interface ColumnInfo {
  readonly CatalogName: string;
  readonly SchemaName: string;
  readonly TableName: string;
  readonly Name: string;
  readonly Label: string;
  readonly Type: string;
  readonly Precision: number;
  readonly Scale: number;
  readonly Nullable: 'NOT_NULL' | 'NULLABLE' | 'UNKNOWN';
  readonly CaseSensitive: boolean;
}

/** What Athena says of a type where the engine says nothing. */
const PRECISIONS: Readonly<Record<string, number>> = {
  varchar: 2_147_483_647,
  string: 0,
  tinyint: 3,
  smallint: 5,
  integer: 10,
  bigint: 19,
  float: 17,
  double: 17,
  decimal: 38,
  timestamp: 3,
  varbinary: 1_073_741_824,
};

const CASE_SENSITIVE = new Set(['varchar', 'char', 'array', 'map', 'row', 'json']);

export function columnInfo(column: ResultColumn): ColumnInfo {
  return {
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Name: column.name,
    Label: column.name,
    Type: column.type,
    Precision: column.precision ?? PRECISIONS[column.type] ?? 0,
    Scale: column.scale ?? 0,
    Nullable: column.nullable ?? 'UNKNOWN',
    CaseSensitive: column.caseSensitive ?? CASE_SENSITIVE.has(column.type),
  };
}
