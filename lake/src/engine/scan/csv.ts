import { quoteName, quoteText } from '../../sql/types/index.ts';
import { notImplemented } from '../failure.ts';
import { compressionOf, groupBy, type TextCompression } from './compression.ts';
import { openCsvCells, plainCsvLine, regularLine } from './opencsv-line.ts';
import type { TextRules } from './plain-text.ts';
import { fieldDelimiter, serdeProperties } from './serde.ts';
import type { DataColumn, FileGroup, FormatRequest, FormatServices, ScanFile } from './source.ts';
import { lazyValue, openCsvValue } from './text-values.ts';

interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly nullText: string;
}

// No cell is this, so no cell becomes NULL but one that is missing.
const NO_NULL = '\u0001weir-no-null\u0001';

const PLAIN: Dialect = { delimiter: ',', quote: '"', escape: '"', nullText: NO_NULL };

/** OpenCSVSerde: quoted cells; ragged rows are filled with NULL or cut. */
export async function openCsvGroups(request: FormatRequest, services: FormatServices): Promise<FileGroup[]> {
  const properties = textProperties(request);
  const dialect = {
    delimiter: character(properties.separatorChar, ','),
    quote: character(properties.quoteChar, '"'),
    escaper: character(properties.escapeChar, '\\'),
  };
  const skip = headerLines(request);
  const count = request.columns.length;
  const rules: TextRules = {
    id: JSON.stringify(['opencsv', dialect, skip, count]),
    telltales: [dialect.escaper],
    regular: { mark: dialect.quote, pattern: regularLine(dialect) },
    skip,
    plain: (line) => plainCsvLine(openCsvCells(line, dialect), count, NO_NULL),
  };
  const value = (raw: string, { type }: DataColumn, index: number) => openCsvValue(raw, type, index);
  // Where there is no escape to be found, a quote is escaped by itself alone.
  const own = { delimiter: dialect.delimiter, quote: dialect.quote, escape: dialect.quote, nullText: NO_NULL };
  return eitherForm(request, rules, services, own, PLAIN, value);
}

/** LazySimpleSerDe: delimiters alone, `\N` is NULL, a cell that isn't of its type is NULL. */
export async function lazySimpleGroups(request: FormatRequest, services: FormatServices): Promise<FileGroup[]> {
  const properties = textProperties(request);
  if (properties['timestamp.formats']) throw notImplemented('the SerDe property timestamp.formats');
  if (properties['serialization.last.column.takes.rest']?.toLowerCase() === 'true') {
    throw notImplemented('the SerDe property serialization.last.column.takes.rest');
  }
  const dialect: Dialect = {
    delimiter: fieldDelimiter(properties),
    quote: '',
    escape: properties['escape.delim'] ?? '',
    nullText: properties['serialization.null.format'] ?? '\\N',
  };
  const inner = [
    properties['colelction.delim'] ?? properties['collection.delim'] ?? '\u0002',
    properties['mapkey.delim'] ?? '\u0003',
    '\u0004',
    '\u0005',
  ];
  const value = (raw: string, { type }: DataColumn) => lazyValue(raw, type, inner, dialect.nullText);
  if (request.columns.length === 1 && dialect.escape === '') return firstCells(request, dialect, value);
  const rest = `${dialect.delimiter}${dialect.nullText}`.repeat(Math.max(request.columns.length - 1, 0));
  const rules: TextRules = {
    id: JSON.stringify(['lazy', dialect, headerLines(request), request.columns.length]),
    telltales: [],
    skip: headerLines(request),
    // A blank line is a row whose first cell is empty and whose other cells are missing.
    plain: (line) => (line === '' ? rest : line),
  };
  return eitherForm(request, rules, services, dialect, dialect, value);
}

/** A single column: DuckDB passes over blank lines of a single cell, so whole lines are read. */
function firstCells(
  request: FormatRequest,
  dialect: Dialect,
  value: (raw: string, column: DataColumn) => string,
): FileGroup[] {
  const first = `split_part(coalesce(line, ''), ${quoteText(dialect.delimiter)}, 1)`;
  return lineGroups(request, (_, column) => value(`nullif(${first}, ${quoteText(dialect.nullText)})`, column));
}

type CellValue = (raw: string, column: DataColumn, index: number) => string;

/** Files that DuckDB reads as they are, and those that it reads in their plain form. */
async function eitherForm(
  request: FormatRequest,
  rules: TextRules,
  services: FormatServices,
  direct: Dialect,
  plain: Dialect,
  value: CellValue,
): Promise<FileGroup[]> {
  const forms = await services.plainText.plainForms(request.files, rules, services.connection);
  const asTheyAre = request.files.filter((_, i) => forms[i] === undefined);
  const rewritten = request.files.flatMap((file, i) => {
    const path = forms[i];
    return path === undefined ? [] : [{ ...file, path }];
  });
  return [
    ...textGroups({ ...request, files: asTheyAre }, direct, rules.skip, value),
    ...textGroups({ ...request, files: rewritten }, plain, 0, value),
  ];
}

/** Every line of text files as one cell named `line`. */
export function lineGroups(request: FormatRequest, value: (line: string, column: DataColumn) => string): FileGroup[] {
  return byCompression(request, (files, compression) => ({
    files,
    bytes: totalSize(files),
    from: readCsv(files, compression, {
      columns: "{'line': 'VARCHAR'}",
      delim: quoteText('\u0001\u0002\u0003'),
      quote: "''",
      escape: "''",
      // With this NULL alone DuckDB keeps blank lines of a single column.
      nullstr: "''",
      skip: String(headerLines(request)),
    }),
    column: (column) => value('line', column),
  }));
}

function textGroups(
  request: FormatRequest,
  dialect: Dialect,
  skip: number,
  value: (raw: string, column: DataColumn, index: number) => string,
): FileGroup[] {
  // A table of no column is not to be made; one more cell keeps a line with one column from being taken as blank.
  const cells = request.columns.map((_, i) => `c${i}`);
  const positions = new Map(request.columns.map(({ name }, i) => [name, i]));
  return byCompression(request, (files, compression) => ({
    files,
    bytes: totalSize(files),
    from: readCsv(files, compression, {
      columns: `{${cells.map((cell) => `${quoteText(cell)}: 'VARCHAR'`).join(', ')}}`,
      delim: quoteText(dialect.delimiter),
      quote: quoteText(dialect.quote),
      escape: quoteText(dialect.escape),
      nullstr: quoteText(dialect.nullText),
      skip: String(skip),
      null_padding: 'true',
      strict_mode: 'false',
    }),
    column: (column) => {
      const index = positions.get(column.name) ?? -1;
      return value(quoteName(`c${index}`), column, index);
    },
  }));
}

function readCsv(files: readonly ScanFile[], compression: TextCompression, options: Record<string, string>): string {
  const paths = files.map((file) => quoteText(file.path ?? file.object.path)).join(', ');
  const all = { auto_detect: 'false', header: 'false', compression: quoteText(compression), ...options };
  const listed = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return `read_csv([${paths}], ${listed.join(', ')})`;
}

function byCompression(
  request: FormatRequest,
  build: (files: readonly ScanFile[], compression: TextCompression) => FileGroup,
): FileGroup[] {
  const groups = groupBy(request.files, (file) => (file.path === undefined ? compressionOf(file.object.key) : 'none'));
  return [...groups].map(([compression, files]) => build(files, compression));
}

function totalSize(files: readonly ScanFile[]): number {
  return files.reduce((sum, file) => sum + file.object.size, 0);
}

function textProperties(request: FormatRequest): Readonly<Record<string, string>> {
  const properties = serdeProperties(request.descriptor, request.parameters);
  const encoding = properties['serialization.encoding'] ?? 'utf-8';
  if (!/^(utf-?8|us-?ascii)$/i.test(encoding)) throw notImplemented(`text in ${encoding}`);
  return properties;
}

function headerLines(request: FormatRequest): number {
  const said = serdeProperties(request.descriptor, request.parameters)['skip.header.line.count'];
  const footer = request.parameters['skip.footer.line.count'] ?? '0';
  if (Number(footer) > 0) throw notImplemented('the table property skip.footer.line.count');
  return Number(said ?? 0) || 0;
}

function character(text: string | undefined, fallback: string): string {
  return text === undefined || text === '' ? fallback : text.charAt(0);
}
