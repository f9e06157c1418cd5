import { createHash } from 'node:crypto';
import type { TableDefinition, TableFormat } from '../model/definition.ts';
import { normalForm } from '../sql/index.ts';

/**
 * Hash of what a load makes of its sources: the SQL's meaning and the shape of the rows. A loaded partition whose hash is
 * another one is stale. Descriptions, owners, checks, comments and formatting are no part of it, and the fields are
 * picked one by one so that a new version of Weir, with more fields, changes no hash.
 */
export function definitionHash(table: TableDefinition): string {
  const shape = {
    sql: table.load === undefined ? '' : normalForm(table.load.sql),
    mode: table.load?.mode ?? '',
    columns: table.columns.map((column) => [column.name, typeText(column.type)]),
    partitions: table.partitions.map((column) => [column.name, typeText(column.type), column.date ?? '']),
    format: formatText(table.format),
    compression: table.compression ?? '',
    sorted: table.sortedBy,
  };
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
}

function typeText(type: string): string {
  return type.toLowerCase().replaceAll(/\s+/g, '');
}

function formatText(format: TableFormat): readonly string[] {
  if (format.kind === 'csv') {
    return [format.kind, format.serde, format.delimiter, format.quote, format.escape, format.nullAs ?? ''];
  }
  return format.kind === 'json' ? [format.kind, format.serde] : [format.kind];
}
