import { duckdbType, quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { notImplemented } from '../failure.ts';

/** A text cell as LazySimpleSerDe reads it: what isn't a value of the type is NULL. `raw` is used more than once. */
export function lazyValue(raw: string, type: Type, delimiters: readonly string[]): string {
  switch (type.kind) {
    case 'array':
      return lazyArray(raw, type.element, delimiters);
    case 'map':
      return lazyMap(raw, type, delimiters);
    case 'row':
      return lazyRow(raw, type, delimiters);
    default:
      return lenientScalar(raw, type);
  }
}

/** NULL where the text is no value of the type, never DuckDB's own wider notions (rounding, blanks, hex, underscores). */
export function lenientScalar(raw: string, type: Type): string {
  const when = (pattern: string, value: string) =>
    `CASE WHEN regexp_full_match(${raw}, ${quoteText(pattern)}) THEN ${value} END`;
  const tried = `TRY_CAST(${raw} AS ${duckdbType(type)})`;
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
      return when('[+-]?[0-9]+', tried);
    case 'real':
    case 'double':
    case 'decimal':
      return when(NUMBER, tried);
    case 'date':
      return when('[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}', tried);
    case 'timestamp':
      return when('[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ T][0-9]{1,2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?', tried);
    case 'varbinary':
      return `TRY(from_base64(${raw}))`;
    default:
      throw notImplemented(`a column of type ${type.kind} in a text file`);
  }
}

const NUMBER = '\\s*([+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|NaN|[+-]?Infinity)\\s*';

function parts(raw: string, delimiter: string | undefined): string {
  if (delimiter === undefined) throw notImplemented('a text column nested deeper than its delimiters');
  return `string_split(${raw}, ${quoteText(delimiter)})`;
}

function lazyArray(raw: string, element: Type, [own, ...inner]: readonly string[]): string {
  const item = lazyValue('x', element, inner);
  return `CASE WHEN ${raw} = '' THEN [] ELSE list_transform(${parts(raw, own)}, lambda x: ${item}) END`;
}

function lazyMap(raw: string, type: Extract<Type, { kind: 'map' }>, [own, keys, ...inner]: readonly string[]): string {
  if (keys === undefined) throw notImplemented('a text column nested deeper than its delimiters');
  const at = `strpos(x, ${quoteText(keys)})`;
  const key = lazyValue(`CASE WHEN ${at} > 0 THEN left(x, ${at} - 1) ELSE x END`, type.key, inner);
  const value = lazyValue(`CASE WHEN ${at} > 0 THEN substr(x, ${at} + ${keys.length}) END`, type.value, inner);
  const entries = `list_filter(${parts(raw, own)}, lambda x: x <> '')`;
  return `map_from_entries(list_transform(${entries}, lambda x: {'k': ${key}, 'v': ${value}}))`;
}

function lazyRow(raw: string, type: Extract<Type, { kind: 'row' }>, [own, ...inner]: readonly string[]): string {
  const fields = type.fields.map((field, i) => {
    const name = quoteText(field.name ?? `field${i}`);
    return `${name}: ${lazyValue(`${parts(raw, own)}[${i + 1}]`, field.type, inner)}`;
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
