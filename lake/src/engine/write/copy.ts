import { duckdbType, quoteName, quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { notImplemented } from '../failure.ts';
import type { DataColumn } from '../scan/source.ts';
import type { WriteFormat } from './format.ts';
import { textLine } from './text-line.ts';

/** COPY of `from` (whose columns are c0, c1, ...) into one file of a format. */
export function copySql(
  from: string,
  columns: readonly (DataColumn & { readonly source: string })[],
  order: string | undefined,
  format: WriteFormat,
  file: string,
): string {
  const items =
    format.kind === 'text'
      ? textLine(columns, format)
      : columns
          .map(({ source, name, type }) => `CAST(${source} AS ${writtenType(type, format)}) AS ${quoteName(name)}`)
          .join(', ');
  if (format.kind === 'json') refuseBinary(columns.map((column) => column.type));
  const sorted = order === undefined ? '' : ` ORDER BY ${order}`;
  return `COPY (SELECT ${items} FROM ${from}${sorted}) TO ${quoteText(file)} (${copyOptions(format)})`;
}

/** JSON has no bytes, and each SerDe has its own way to spell them. */
function refuseBinary(types: readonly Type[]): void {
  for (const type of types) {
    if (type.kind === 'varbinary') throw notImplemented('writing binary columns as JSON');
    if (type.kind === 'array') refuseBinary([type.element]);
    if (type.kind === 'map') refuseBinary([type.key, type.value]);
    if (type.kind === 'row') refuseBinary(type.fields.map((field) => field.type));
  }
}

/** Timestamps of Athena's tables have milliseconds; every reader of Parquet knows them as such. */
function writtenType(type: Type, format: WriteFormat): string {
  return format.kind === 'parquet' && type.kind === 'timestamp' ? 'TIMESTAMP_MS' : duckdbType(type);
}

function copyOptions(format: WriteFormat): string {
  switch (format.kind) {
    case 'parquet': {
      const level = format.level === undefined ? '' : `, COMPRESSION_LEVEL ${format.level}`;
      return `FORMAT parquet, COMPRESSION ${format.codec}${level}`;
    }
    case 'json':
      return `FORMAT json, COMPRESSION ${format.codec}`;
    case 'text': {
      // One column holds the finished line: nothing is to be quoted or escaped on the way out.
      const raw = `DELIMITER '\u0001\u0002\u0003', QUOTE '', ESCAPE '', NULLSTR ''`;
      return `FORMAT csv, HEADER false, ${raw}, COMPRESSION ${format.codec}`;
    }
  }
}
