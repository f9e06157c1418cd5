import {
  canonicalJson,
  isNumber,
  isObject,
  type Json,
  readJson,
  readJsonAt,
  scalarText,
  writeJson,
  writtenFields,
} from './json.ts';
import { invalidArgument, native } from './udf.ts';

const paths = new Map<string, readonly (string | number)[]>();

/** `$.a["b"][0]`: the paths of json_extract; Trino knows no wildcards in them. */
function readPath(path: string): readonly (string | number)[] {
  const known = paths.get(path);
  if (known !== undefined) return known;
  const steps: (string | number)[] = [];
  const pattern = /\.([\p{L}\p{N}_$:]+)|\[(\d+|-\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[([-\p{L}\p{N}_]+)\]/uy;
  pattern.lastIndex = path.startsWith('$') ? 1 : -1;
  if (pattern.lastIndex < 0 || !path.startsWith('$')) throw invalidArgument(`Invalid JSON path: '${path}'`);
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path);
    if (match === null) throw invalidArgument(`Invalid JSON path: '${path}'`);
    const [, name, index, quoted, bare] = match;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? bare ?? quoted!.replaceAll(/\\(.)/g, '$1'));
  }
  if (paths.size > 500) paths.clear();
  paths.set(path, steps);
  return steps;
}

function extract(text: string, path: string): string | null {
  const found = readJsonAt(text, readPath(path));
  return found === undefined ? null : writeJson(found);
}

function extractScalar(text: string, path: string): string | null {
  const found = readJsonAt(text, readPath(path));
  return found === undefined ? null : (scalarText(found) ?? null);
}

function size(text: string, path: string): bigint | null {
  const found = readJsonAt(text, readPath(path));
  if (found === undefined) return null;
  if (isObject(found)) return BigInt(writtenFields(found).length);
  return Array.isArray(found) ? BigInt((found as readonly Json[]).length) : 0n;
}

function items(text: string): readonly Json[] | undefined {
  const json = readJson(text);
  return Array.isArray(json) ? (json as readonly Json[]) : undefined;
}

function arrayGet(text: string, index: bigint): string | null {
  const list = items(text);
  const found = list?.at(Number(index));
  if (list === undefined || found === undefined || found === null) return null;
  if (index >= 0n && index >= BigInt(list.length)) return null;
  return typeof found === 'string' ? found : writeJson(found);
}

function same(item: Json, value: string, kind: string): boolean {
  if (kind === 'varchar') return item === value;
  if (kind === 'boolean') return typeof item === 'boolean' && String(item) === value;
  if (!isNumber(item)) return false;
  if (kind === 'bigint') return /^-?\d+$/.test(item.number) && BigInt(item.number) === BigInt(value);
  return /[.eE]/.test(item.number) && Number(item.number) === Number(value);
}

/** Functions on JSON texts; a text that is no JSON has no parts. */
export const jsonPathNatives = [
  native('weir_json_parse(VARCHAR) VARCHAR', (text: string) => {
    const json = readJson(text);
    if (json === undefined) throw invalidArgument(`Cannot convert value to JSON: '${text}'`);
    return canonicalJson(json);
  }),
  native('weir_json_format(VARCHAR) VARCHAR', (text: string) => text),
  native('weir_json_extract(VARCHAR, VARCHAR) VARCHAR', extract),
  native('weir_json_extract_scalar(VARCHAR, VARCHAR) VARCHAR', extractScalar),
  native('weir_json_size(VARCHAR, VARCHAR) BIGINT', size),
  native('weir_json_array_length(VARCHAR) BIGINT', (text: string) => {
    const list = items(text);
    return list === undefined ? null : BigInt(list.length);
  }),
  native('weir_json_array_get(VARCHAR, BIGINT) VARCHAR', arrayGet),
  native('weir_json_array_contains(VARCHAR, VARCHAR, VARCHAR) BOOLEAN', (text: string, value: string, kind: string) => {
    const list = items(text);
    return list === undefined ? null : list.some((item) => same(item, value, kind));
  }),
  native('weir_is_json_scalar(VARCHAR) BOOLEAN', (text: string) => {
    const json = readJson(text);
    if (json === undefined) throw invalidArgument(`Invalid JSON value: ${text}`);
    return scalarText(json) !== undefined;
  }),
];
