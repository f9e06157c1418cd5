import { quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { notImplemented } from '../failure.ts';
import type { DataColumn } from '../scan/source.ts';
import type { WriteFormat } from './format.ts';

/** A row as LazySimpleSerDe writes it: one line, cells between delimiters, NULL as its own text. */
export function textLine(columns: readonly (DataColumn & { readonly source: string })[], format: WriteFormat): string {
  const delimiters = ['\u0002', '\u0003', '\u0004'];
  const cells = columns.map(
    ({ source, type }) => `coalesce(${lazyText(source, type, delimiters)}, ${quoteText(format.nullText)})`,
  );
  return cells.join(` || ${quoteText(format.delimiter)} || `);
}

function lazyText(value: string, type: Type, delimiters: readonly string[]): string {
  switch (type.kind) {
    case 'boolean':
      return `CASE WHEN ${value} THEN 'true' WHEN NOT ${value} THEN 'false' END`;
    case 'timestamp':
      return `strftime(${value}, '%Y-%m-%d %H:%M:%S.%g')`;
    case 'varbinary':
      return `to_base64(${value})`;
    case 'array': {
      const [own, ...inner] = delimiters;
      if (own === undefined) throw notImplemented('text columns nested deeper than three levels');
      const item = `coalesce(${lazyText('x', type.element, inner)}, '\\N')`;
      return `array_to_string(list_transform(${value}, lambda x: ${item}), ${quoteText(own)})`;
    }
    case 'map':
    case 'row':
      throw notImplemented(`writing a column of type ${type.kind} as text`);
    default:
      return `CAST(${value} AS VARCHAR)`;
  }
}
