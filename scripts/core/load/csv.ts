import type { TableFormat } from '../model/definition.ts';

type CsvFormat = Extract<TableFormat, { kind: 'csv' }>;

export interface CsvFault {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly message: string;
}

/**
 * What is wrong with the beginning of a CSV file: another header than the declared columns, or lines with more or fewer
 * fields. `whole` is true if the text is the whole file; otherwise its last line may be cut off and is not looked at.
 */
export function csvFault(
  text: string,
  format: CsvFormat,
  columns: readonly string[],
  whole: boolean,
): CsvFault | undefined {
  let header: readonly string[] | undefined;
  for (const { line, fields } of records(text, format, whole)) {
    if (line < format.header) continue;
    if (line === format.header) {
      header = fields;
      const message = headerFault(fields, columns);
      if (message !== undefined) return { line, message };
    } else if (fields.length !== columns.length) {
      return { line, message: `the line has ${fields.length} fields, the table has ${columns.length} columns` };
    }
  }
  return format.header > 0 && header === undefined
    ? { line: format.header, message: 'the file has no header line' }
    : undefined;
}

/** The line of the first record with these fields, from 1. */
export function csvLine(text: string, format: CsvFormat, fields: readonly string[]): number | undefined {
  for (const record of records(text, format, true)) {
    const isSame = record.fields.length === fields.length && record.fields.every((field, at) => field === fields[at]);
    if (record.line > format.header && isSame) return record.line;
  }
  return undefined;
}

function headerFault(header: readonly string[], columns: readonly string[]): string | undefined {
  const found = header.map((name) => name.trim());
  const same = found.length === columns.length && found.every((name, index) => name.toLowerCase() === columns[index]);
  return same ? undefined : `the header is ${cut(found.join(','))}; the columns are ${columns.join(',')}`;
}

interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** A file without line breaks is one long header. */
const MOST_LETTERS = 500;

function cut(text: string): string {
  return text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS)} ...`;
}

/** Athena's CSV readers split at every line feed, quoted or not; empty lines are rows without fields, left out here. */
function* records(text: string, format: CsvFormat, whole: boolean): Iterable<CsvRecord> {
  let from = text.startsWith('\ufeff') ? 1 : 0;
  for (let line = 1; ; line += 1) {
    const end = text.indexOf('\n', from);
    if (end < 0 && !whole) return;
    const bare = text.slice(from, end < 0 ? undefined : end).replace(/\r$/, '');
    if (bare !== '' || line <= format.header) yield { line, fields: fieldsOf(bare, format) };
    if (end < 0) return;
    from = end + 1;
  }
}

function fieldsOf(line: string, format: CsvFormat): readonly string[] {
  if (format.serde === 'lazy' || !line.includes(format.quote)) return line.split(format.delimiter);
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const c = line[at]!;
    if (c === format.escape && c !== format.quote) {
      field += line[at + 1] ?? '';
      at += 1;
    } else if (c === format.quote) {
      if (quoted && line[at + 1] === format.quote) {
        field += c;
        at += 1;
      } else quoted = !quoted;
    } else if (c === format.delimiter && !quoted) {
      fields.push(field);
      field = '';
    } else field += c;
  }
  return [...fields, field];
}
