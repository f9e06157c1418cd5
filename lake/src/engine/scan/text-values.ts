import { duckdbType, quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { notImplemented } from '../failure.ts';

/**
 * A text cell as LazySimpleSerDe reads it: what isn't a value of the type is NULL, and so is `nullText` inside of nested
 * values. `raw` is used more than once.
 */
export function lazyValue(raw: string, type: Type, delimiters: readonly string[], nullText: string): string {
  const inside = (text: string, inner: Type, rest: readonly string[]) =>
    lazyValue(`nullif(${text}, ${quoteText(nullText)})`, inner, rest, nullText);
  switch (type.kind) {
    case 'array':
      return lazyArray(raw, type.element, delimiters, inside);
    case 'map':
      return lazyMap(raw, type, delimiters, inside);
    case 'row':
      return lazyRow(raw, type, delimiters, inside);
    default:
      return lenientScalar(raw, type);
  }
}

/** NULL where the text is no value of the type, never DuckDB's own wider notions (rounding, hex, underscores). */
export function lenientScalar(raw: string, type: Type): string {
  switch (type.kind) {
    case 'varchar':
      return type.length === undefined ? raw : `left(${raw}, ${type.length})`;
    case 'char':
      return `rtrim(left(${raw}, ${type.length}))`;
    case 'boolean':
      return `CASE lower(${raw}) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return integerValue(raw, duckdbType(type));
    case 'real':
    case 'double':
      return `CASE ${when(raw, FLOATING, `TRY_CAST(${plainNumber(raw)} AS ${duckdbType(type)})`)} END`;
    case 'decimal':
      return `CASE ${when(raw, DECIMAL, `TRY_CAST(${raw} AS ${duckdbType(type)})`)} END`;
    case 'date':
      return dateValue(raw);
    case 'timestamp':
      return timestampValue(raw);
    case 'varbinary':
      return binaryValue(raw);
    default:
      throw notImplemented(`a column of type ${type.kind} in a text file`);
  }
}

const NUMBER = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?';
export const DECIMAL = NUMBER;
/** As Java reads a double: blanks around it, a type letter behind it. */
const FLOATING = `[\\x00-\\x20]*(${NUMBER}[fFdD]?|[+-]?NaN|[+-]?Infinity)[\\x00-\\x20]*`;

function when(raw: string, pattern: string, value: string): string {
  return `WHEN ${matches(raw, pattern)} THEN ${value}`;
}

export function matches(raw: string, pattern: string): string {
  return `regexp_full_match(${raw}, ${quoteText(pattern)})`;
}

/** A number in any of its forms as an integer, its fraction cut off; NULL where it doesn't fit. */
export function looseInteger(raw: string, type: Type): string {
  const wanted = duckdbType(type);
  const cut = `TRY_CAST(trunc(TRY_CAST(${raw} AS DOUBLE)) AS ${wanted})`;
  return `CASE ${when(raw, '[+-]?[0-9]+', `TRY_CAST(${raw} AS ${wanted})`)} ${when(raw, NUMBER, cut)} END`;
}

export function roundedToMillis(timestamp: string): string {
  return `date_trunc('milliseconds', ${timestamp} + INTERVAL 500 MICROSECONDS)`;
}

function plainNumber(raw: string): string {
  return `regexp_replace(${raw}, '[fFdD]?[\\x00-\\x20]*$', '')`;
}

/** Hive cuts a fraction off. */
function integerValue(raw: string, type: string): string {
  const whole = `coalesce(nullif(regexp_extract(${raw}, '^[+-]?[0-9]*'), ''), '0')`;
  return (
    `CASE ${when(raw, '[+-]?[0-9]+', `TRY_CAST(${raw} AS ${type})`)} ` +
    `${when(raw, '[+-]?[0-9]*[.][0-9]*', `TRY_CAST(${whole} AS ${type})`)} END`
  );
}

const DATE = '[\\x00-\\x20]*(-?[0-9]{1,6})-([0-9]{1,2})-([0-9]{1,2})';

/** Days and months beyond their number run on into the next ones, as Hive's lenient calendar has it. */
export function dateValue(raw: string, alsoBehind = ''): string {
  const plain = `CASE ${when(raw, '[0-9]{4}-[0-9]{2}-[0-9]{2}', `TRY_CAST(${raw} AS DATE)`)} END`;
  const lenient = `CASE ${when(raw, `${DATE}([\\x00-\\x20${alsoBehind}].*)?`, `CAST(${lenientDay(raw)} AS DATE)`)} END`;
  return `coalesce(${plain}, ${lenient})`;
}

function lenientDay(raw: string): string {
  const part = (group: number) => `CAST(regexp_extract(${raw}, ${quoteText(`^${DATE}`)}, ${group}) AS INTEGER)`;
  return `(make_date(${part(1)}, 1, 1) + to_months(${part(2)} - 1) + to_days(${part(3)} - 1))`;
}

const CLOCK = '([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})([.][0-9]{1,9})?';

/** To the millisecond, rounded; hours and the rest run on as days do. */
export function timestampValue(raw: string): string {
  const form = '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,3})?';
  const plain = `CASE ${when(raw, form, `TRY_CAST(${raw} AS TIMESTAMP)`)} END`;
  const pattern = `${DATE}[ T]${CLOCK}[\\x00-\\x20]*`;
  const part = (group: number) => `regexp_extract(${raw}, ${quoteText(`^${DATE}[ T]${CLOCK}`)}, ${group})`;
  const seconds = `CAST(${part(4)} AS BIGINT) * 3600 + CAST(${part(5)} AS BIGINT) * 60 + CAST(${part(6)} AS BIGINT)`;
  const fraction = `CAST(round(CAST('0' || ${part(7)} AS DOUBLE) * 1000) AS BIGINT)`;
  const value = `CAST(${lenientDay(raw)} AS TIMESTAMP) + to_milliseconds((${seconds}) * 1000 + ${fraction})`;
  return `coalesce(${plain}, CASE ${when(raw, pattern, value)} END)`;
}

/** What is no base64 is passed over, and padding may be left out. */
function binaryValue(raw: string): string {
  const letters = `regexp_replace(${raw}, '[^A-Za-z0-9+/]', '', 'g')`;
  return `TRY(from_base64(rpad(${letters}, CAST(ceil(length(${letters}) / 4.0) * 4 AS INTEGER), '=')))`;
}

function parts(raw: string, delimiter: string | undefined): string {
  if (delimiter === undefined) throw notImplemented('a text column nested deeper than its delimiters');
  return `string_split(${raw}, ${quoteText(delimiter)})`;
}

type Inside = (raw: string, type: Type, delimiters: readonly string[]) => string;

function lazyArray(raw: string, element: Type, [own, ...inner]: readonly string[], inside: Inside): string {
  const items = `list_transform(${parts(raw, own)}, lambda x: ${inside('x', element, inner)})`;
  return `CASE WHEN ${raw} = '' THEN [] ELSE ${items} END`;
}

type MapType = Extract<Type, { kind: 'map' }>;

function lazyMap(raw: string, type: MapType, [own, keys, ...inner]: readonly string[], inside: Inside): string {
  if (keys === undefined) throw notImplemented('a text column nested deeper than its delimiters');
  const at = `strpos(x, ${quoteText(keys)})`;
  const key = inside(`CASE WHEN ${at} > 0 THEN left(x, ${at} - 1) ELSE x END`, type.key, inner);
  const value = inside(`CASE WHEN ${at} > 0 THEN substr(x, ${at} + ${keys.length}) END`, type.value, inner);
  const entries = `list_filter(${parts(raw, own)}, lambda x: x <> '')`;
  const pairs = `list_transform(${entries}, lambda x: {'k': ${key}, 'v': ${value}})`;
  return `map_from_entries(list_filter(${pairs}, lambda x: x.k IS NOT NULL))`;
}

type RowType = Extract<Type, { kind: 'row' }>;

function lazyRow(raw: string, type: RowType, [own, ...inner]: readonly string[], inside: Inside): string {
  const fields = type.fields.map((field, i) => {
    const name = quoteText(field.name ?? `field${i}`);
    return `${name}: ${inside(`${parts(raw, own)}[${i + 1}]`, field.type, inner)}`;
  });
  return `CASE WHEN ${raw} IS NOT NULL THEN {${fields.join(', ')}} END`;
}

/**
 * A text cell as OpenCSVSerDe gives it: strings as they are, other types parsed strictly (numbers in plain form, dates
 * as days and timestamps as milliseconds since 1970), and what can't be parsed fails the query.
 * https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
 */
export function openCsvValue(raw: string, type: Type, field: number): string {
  switch (type.kind) {
    case 'varchar':
    case 'char':
      return lenientScalar(raw, type);
    case 'boolean':
      return `(lower(${raw}) = 'true')`;
    case 'date':
      return orFail(raw, `DATE '1970-01-01' + ${integer(raw, 'INTEGER')}`, field);
    case 'timestamp':
      return orFail(raw, `epoch_ms(${integer(raw, 'BIGINT')})`, field);
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'real':
    case 'double':
    case 'decimal':
      return orFail(raw, lenientScalar(raw, type), field);
    default:
      throw notImplemented(`a column of type ${type.kind} in a table of OpenCSVSerde`);
  }
}

function integer(raw: string, type: string): string {
  return `CASE WHEN regexp_full_match(${raw}, '[+-]?[0-9]+') THEN TRY_CAST(${raw} AS ${type}) END`;
}

function orFail(raw: string, value: string, field: number): string {
  const message = `'HIVE_BAD_DATA: Error parsing field value ''' || ${raw} || ''' for field ${field}: For input string: "' || ${raw} || '"'`;
  return `CASE WHEN ${raw} IS NULL THEN NULL ELSE coalesce(${value}, error(${message})) END`;
}
