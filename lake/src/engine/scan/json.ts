import { duckdbType, quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { notImplemented } from '../failure.ts';
import { lineGroups } from './csv.ts';
import type { FileGroup, FormatRequest } from './source.ts';
import { lenientScalar } from './text-values.ts';

const MALFORMED = `error('HIVE_CURSOR_ERROR: Row is not a valid JSON Object: ' || left(line, 200))`;

/**
 * One JSON object a line, by the Hive and the OpenX SerDe. Keys match whatever their case. A line that is no object
 * fails the query, or is a row of NULLs where the table says `ignore.malformed.json`.
 */
export function jsonGroups(request: FormatRequest): FileGroup[] {
  const properties = request.descriptor.SerdeInfo?.Parameters ?? {};
  if (properties['dots.in.keys'] === 'true') throw notImplemented('the SerDe property dots.in.keys');
  const ignored = properties['ignore.malformed.json']?.toLowerCase() === 'true';
  const row = `CASE WHEN trim(line) = '' THEN NULL WHEN json_valid(line) AND json_type(line) = 'OBJECT' THEN line::JSON ELSE ${ignored ? 'NULL' : MALFORMED} END`;
  const position = new Map(request.columns.map(({ name }, i) => [name, i]));
  const groups = lineGroups(request, (line, { name, type }) => {
    const key = properties[`mapping.${name}`] ?? name;
    return jsonValue(`weir_json_get(${line}, ${quoteText(key.toLowerCase())})`, type, position.get(name) ?? 0, 0);
  });
  return groups.map((group) => ({ ...group, from: `(SELECT ${row} AS line, file_index FROM ${group.from}) AS lines` }));
}

/** The macros that the expressions below call; made once for all connections. */
export const JSON_MACROS: readonly string[] = [
  `CREATE OR REPLACE MACRO weir_json_get(j, k) AS CASE WHEN json_exists(j, '$."' || k || '"')
   THEN json_extract(j, '$."' || k || '"')
   ELSE json_extract(j, '$."' || list_filter(json_keys(j), lambda name: lower(name) = k)[1] || '"') END`,
];

/** A JSON value in the declared type; `j` is repeated, so it must be cheap. */
function jsonValue(j: string, type: Type, field: number, depth: number): string {
  const text = `json_extract_string(${j}, '$')`;
  switch (type.kind) {
    case 'varchar':
    case 'char':
      return lenientScalar(text, type);
    case 'array':
      return jsonArray(j, type.element, field, depth);
    case 'map':
      return jsonMap(j, type, field, depth);
    case 'row':
      return jsonRow(j, type, field, depth);
    case 'varbinary':
      return `TRY(from_base64(${text}))`;
    case 'timestamp':
      return orFail(text, moment(text), field);
    default:
      return orFail(text, lenientScalar(text, type), field);
  }
}

function moment(text: string): string {
  const pattern = '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?';
  return `CASE WHEN regexp_full_match(${text}, ${quoteText(pattern)}) THEN TRY_CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP) END`;
}

function orFail(text: string, value: string, field: number): string {
  const message = `'HIVE_BAD_DATA: Error parsing field value ''' || ${text} || ''' for field ${field}: For input string: "' || ${text} || '"'`;
  return `CASE WHEN ${text} IS NULL THEN NULL ELSE coalesce(${value}, error(${message})) END`;
}

function wrongShape(j: string, field: number, wanted: string): string {
  return `error('HIVE_BAD_DATA: Error parsing field ${field}: expected ${wanted} but found ' || CAST(${j} AS VARCHAR))`;
}

function whenOf(j: string, kind: string, value: string, type: Type, field: number): string {
  const wanted = kind === 'ARRAY' ? 'an array' : 'an object';
  const otherwise = wrongShape(j, field, wanted);
  return `CASE WHEN ${j} IS NULL OR json_type(${j}) = 'NULL' THEN NULL WHEN json_type(${j}) = '${kind}' THEN ${value} ELSE CAST(${otherwise} AS ${duckdbType(type)}) END`;
}

function jsonArray(j: string, element: Type, field: number, depth: number): string {
  const x = `x${depth}`;
  const items = `list_transform(json_extract(${j}, '$[*]'), lambda ${x}: ${jsonValue(x, element, field, depth + 1)})`;
  return whenOf(j, 'ARRAY', items, { kind: 'array', element }, field);
}

function jsonMap(j: string, type: Extract<Type, { kind: 'map' }>, field: number, depth: number): string {
  const x = `x${depth}`;
  const key = type.key.kind === 'varchar' ? x : lenientScalar(x, type.key);
  const value = jsonValue(`json_extract(${j}, '$."' || ${x} || '"')`, type.value, field, depth + 1);
  const entries = `list_transform(json_keys(${j}), lambda ${x}: {'k': ${key}, 'v': ${value}})`;
  return whenOf(j, 'OBJECT', `map_from_entries(${entries})`, type, field);
}

function jsonRow(j: string, type: Extract<Type, { kind: 'row' }>, field: number, depth: number): string {
  const fields = type.fields.map(({ name = '', type: inner }) => {
    const value = jsonValue(`weir_json_get(${j}, ${quoteText(name.toLowerCase())})`, inner, field, depth + 1);
    return `${quoteText(name)}: ${value}`;
  });
  return whenOf(j, 'OBJECT', `{${fields.join(', ')}}`, type, field);
}
