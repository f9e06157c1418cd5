import { duckdbType, quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';

/** Which column is read, and how deep inside it. */
export interface JsonPlace {
  readonly field: number;
  readonly depth: number;
}

export type JsonReader = (json: string, type: Type, at: JsonPlace) => string;

export function deeper(at: JsonPlace): JsonPlace {
  return { ...at, depth: at.depth + 1 };
}

export function textOf(json: string): string {
  return `json_extract_string(${json}, '$')`;
}

/** Fails the query over a value that the type can't take. */
export function wrongValue(json: string, type: Type, at: JsonPlace): string {
  const message = `'HIVE_CURSOR_ERROR: Error parsing a value of field ${at.field} as JSON: ' || left(CAST(${json} AS VARCHAR), 200)`;
  return `CAST(error(${message}) AS ${duckdbType(type)})`;
}

export function isNull(json: string): string {
  return `${json} IS NULL OR json_type(${json}) = 'NULL'`;
}

export function arrayValue(
  json: string,
  type: Extract<Type, { kind: 'array' }>,
  at: JsonPlace,
  read: JsonReader,
): string {
  const x = `x${at.depth}`;
  return `list_transform(json_extract(${json}, '$[*]'), lambda ${x}: ${read(x, type.element, deeper(at))})`;
}

export function mapValue(json: string, type: Extract<Type, { kind: 'map' }>, at: JsonPlace, read: JsonReader): string {
  const x = `x${at.depth}`;
  const key = type.key.kind === 'varchar' ? x : read(`to_json(${x})`, type.key, deeper(at));
  const value = read(`json_extract(${json}, '$."' || ${x} || '"')`, type.value, deeper(at));
  return `map_from_entries(list_transform(json_keys(${json}), lambda ${x}: {'k': ${key}, 'v': ${value}}))`;
}

export function rowValue(json: string, type: Extract<Type, { kind: 'row' }>, at: JsonPlace, read: JsonReader): string {
  const fields = type.fields.map(({ name = '', type: inner }) => {
    const value = read(`weir_json_get(${json}, ${quoteText(name.toLowerCase())})`, inner, deeper(at));
    return `${quoteText(name)}: ${value}`;
  });
  return `{${fields.join(', ')}}`;
}
