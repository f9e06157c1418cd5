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
  const lines = records(text, format, whole);
  const faults = format.header > 0 ? headerFault(lines[format.header - 1]?.fields, columns) : undefined;
  if (faults !== undefined) return { line: format.header, message: faults };
  const ragged = lines.slice(format.header).find(({ fields }) => fields.length !== columns.length);
  if (!ragged) return undefined;
  const { line, fields } = ragged;
  return { line, message: `the line has ${fields.length} fields, the table has ${columns.length} columns` };
}

/** The line of the first record with these fields, from 1. */
export function csvLine(text: string, format: CsvFormat, fields: readonly string[]): number | undefined {
  const wanted = JSON.stringify(fields);
  return records(text, format, true)
    .slice(format.header)
    .find((record) => JSON.stringify(record.fields) === wanted)?.line;
}

function headerFault(header: readonly string[] | undefined, columns: readonly string[]): string | undefined {
  if (header === undefined) return 'the file has no header line';
  const found = header.map((name) => name.trim());
  const same = found.length === columns.length && found.every((name, index) => name.toLowerCase() === columns[index]);
  return same ? undefined : `the header is ${found.join(',')}; the columns are ${columns.join(',')}`;
}

interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Athena's CSV readers split at every line feed, quoted or not; empty lines are rows without fields, left out here. */
function records(text: string, format: CsvFormat, whole: boolean): readonly CsvRecord[] {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  if (!whole) lines.pop();
  return lines.flatMap((line, index) => {
    const bare = line.replace(/\r$/, '');
    if (bare === '' && index >= format.header) return [];
    return [{ line: index + 1, fields: fieldsOf(bare, format) }];
  });
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
