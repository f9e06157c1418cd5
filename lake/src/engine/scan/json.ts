import { quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { notImplemented } from '../failure.ts';
import { lineGroups } from './csv.ts';
import { hiveJsonValue } from './json-hive.ts';
import { openXValue } from './json-openx.ts';
import { serdeProperties } from './serde.ts';
import type { FileGroup, FormatRequest } from './source.ts';
import { lenientScalar } from './text-values.ts';

const OPENX = /^org\.openx\./;

const MALFORMED = `error('HIVE_CURSOR_ERROR: Row is not a valid JSON Object: ' || left(line, 200))`;

/**
 * One JSON object a line, by the Hive and the OpenX SerDe. A line that is no object fails the query, or is a row of
 * NULLs where an OpenX table says `ignore.malformed.json`. OpenX forgives more than JSON allows (no quotes, single
 * quotes, text behind the object): here such a line fails.
 */
export function jsonGroups(request: FormatRequest): FileGroup[] {
  const { SerdeInfo } = request.descriptor;
  const properties = serdeProperties(request.descriptor, request.parameters);
  const openX = OPENX.test(SerdeInfo?.SerializationLibrary ?? '');
  const isTrue = (name: string) => properties[name]?.toLowerCase() === 'true';
  if (request.columns.some(({ name }) => /["$]/.test(name))) throw notImplemented('JSON keys with quotes');
  const get = getter(
    openX && isTrue('dots.in.keys'),
    openX && properties['case.insensitive']?.toLowerCase() === 'false',
  );
  const position = new Map(request.columns.map(({ name }, i) => [name, i]));
  const groups = lineGroups(request, (line, { name, type }) => {
    const key = (openX ? properties[`mapping.${name}`] : undefined) ?? name;
    const at = { field: position.get(name) ?? 0, depth: 0 };
    const value = openX ? openXValue(get(line, key), type, at) : hiveJsonValue(get(line, key), type, at);
    return type.kind === 'varchar' || type.kind === 'decimal' ? asWritten(get(line, key), key, value, type) : value;
  });
  const row = openX ? openXRow(isTrue('ignore.malformed.json')) : hiveRow();
  return groups.map((group) => ({ ...group, from: `(SELECT ${row} AS line, file_index FROM ${group.from}) AS lines` }));
}

/**
 * DuckDB gives numbers with a point as it understood them: 1.50 comes back as 1.5. Their own text is in the line, and is
 * taken from there where the key can be meant but once.
 */
function asWritten(json: string, key: string, value: string, type: Type): string {
  const pattern = `(?i)"${key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"\\s*:`;
  const line = 'CAST(line AS VARCHAR)';
  const once = `json_type(${json}) = 'DOUBLE' AND len(regexp_extract_all(${line}, ${quoteText(pattern)})) = 1`;
  const text = `regexp_extract(${line}, ${quoteText(`${pattern}\\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)`)}, 1)`;
  return `CASE WHEN ${once} THEN ${lenientScalar(text, type)} ELSE ${value} END`;
}

function openXRow(ignored: boolean): string {
  const otherwise = ignored ? 'NULL' : MALFORMED;
  return (
    `CASE WHEN line IS NULL OR trim(line) = '' THEN NULL WHEN NOT json_valid(line) THEN ${otherwise} ` +
    `WHEN json_type(line) = 'OBJECT' THEN line::JSON WHEN json_type(line) = 'ARRAY' THEN ${otherwise} END`
  );
}

function hiveRow(): string {
  const blank = `error('HIVE_CURSOR_ERROR: Row is not a valid JSON Object: an empty line')`;
  return `CASE WHEN line IS NULL THEN ${blank} WHEN json_valid(line) AND json_type(line) = 'OBJECT' THEN line::JSON ELSE ${MALFORMED} END`;
}

function getter(dots: boolean, exact: boolean): (json: string, key: string) => string {
  if (exact) return (json, key) => `json_extract(${json}, ${quoteText(`$."${key}"`)})`;
  const macro = dots ? 'weir_json_get_dots' : 'weir_json_get';
  return (json, key) => `${macro}(${json}, ${quoteText(key.toLowerCase())})`;
}

function getMacro(name: string, form: string): string {
  return `CREATE OR REPLACE MACRO ${name}(j, k) AS CASE WHEN json_exists(j, '$."' || k || '"')
    THEN json_extract(j, '$."' || k || '"')
    ELSE json_extract(j, '$."' || list_filter(json_keys(j), lambda name: ${form} = k)[-1] || '"') END`;
}

/** The macros that the expressions call; made once for all connections. */
export const JSON_MACROS: readonly string[] = [
  getMacro('weir_json_get', 'lower(name)'),
  getMacro('weir_json_get_dots', "replace(lower(name), '.', '_')"),
];
