import type { GlueColumn, GlueTable } from '../../catalog/catalog.ts';

/** The lines of SHOW CREATE TABLE, in Hive's order and with its blanks at line ends. */
export function showCreateTable(table: GlueTable): readonly string[] {
  const { StorageDescriptor: storage = {}, PartitionKeys: keys = [] } = table;
  const { EXTERNAL: _external, comment, ...properties } = table.Parameters ?? {};
  const { 'serialization.format': format, ...serde } = storage.SerdeInfo?.Parameters ?? {};
  const shown = format === undefined || format === '1' ? serde : { ...serde, 'serialization.format': format };
  const lines = [`CREATE EXTERNAL TABLE \`${table.DatabaseName}.${table.Name}\`(`];
  lines.push(...columnLines(storage.Columns ?? []));
  if (comment !== undefined) lines.push(`COMMENT ${quoted(comment)}`);
  if (keys.length > 0) lines.push('PARTITIONED BY ( ', ...columnLines(keys));
  if ((storage.BucketColumns ?? []).length > 0) {
    lines.push(
      'CLUSTERED BY ( ',
      `  ${storage.BucketColumns!.join(', ')}) `,
      `INTO ${storage.NumberOfBuckets} BUCKETS`,
    );
  }
  lines.push('ROW FORMAT SERDE ', `  ${quoted(storage.SerdeInfo?.SerializationLibrary ?? '')} `);
  if (Object.keys(shown).length > 0) lines.push('WITH SERDEPROPERTIES ( ', ...propertyLines(shown, ') '));
  lines.push('STORED AS INPUTFORMAT ', `  ${quoted(storage.InputFormat ?? '')} `);
  lines.push('OUTPUTFORMAT ', `  ${quoted(storage.OutputFormat ?? '')}`);
  lines.push('LOCATION', `  ${quoted(storage.Location ?? '')}`);
  if (Object.keys(properties).length > 0) lines.push('TBLPROPERTIES (', ...propertyLines(properties, ')'));
  return lines;
}

function columnLines(columns: readonly GlueColumn[]): string[] {
  return columns.map((column, i) => {
    const comment = column.Comment === undefined || column.Comment === '' ? '' : ` COMMENT ${quoted(column.Comment)}`;
    return `  \`${column.Name}\` ${column.Type ?? ''}${comment}${i < columns.length - 1 ? ', ' : ')'}`;
  });
}

function propertyLines(properties: Readonly<Record<string, string>>, close: string): string[] {
  const keys = Object.keys(properties).sort();
  return keys.map((key, i) => {
    return `  ${quoted(key)}=${quoted(properties[key] ?? '')}${i < keys.length - 1 ? ', ' : close}`;
  });
}

function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replace(/[\u0000-\u0008\u000e-\u001f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `'${escaped}'`;
}
