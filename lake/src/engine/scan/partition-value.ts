import type { GlueTable } from '../../catalog/catalog.ts';
import { duckdbType, quoteText } from '../../sql/types/index.ts';
import { failure } from '../failure.ts';
import { DEFAULT_PARTITION } from '../location.ts';
import type { DataColumn } from './source.ts';

/** A partition's value, which the catalog keeps as text, in its column's type. */
export function partitionValue(sql: string, type: DataColumn['type']): string {
  return `CAST(NULLIF(${sql}, ${quoteText(DEFAULT_PARTITION)}) AS ${duckdbType(type)})`;
}

export function badPartitionValue(table: GlueTable, error: unknown): unknown {
  const text = error instanceof Error ? error.message : '';
  const value = /Could not convert string '(.*?)' to|string field value: "(.*?)"/.exec(text);
  if (value === null && !text.startsWith('Conversion Error')) return error;
  const what = value?.[1] ?? value?.[2] ?? '';
  return failure(
    'HIVE_INVALID_PARTITION_VALUE',
    `Invalid partition value '${what}' for a partition key of ${table.DatabaseName}.${table.Name}`,
  );
}
