import { parseJavaDouble } from './java-number.ts';
import { isNumber, isObject, type Json, quoteJson, readJson, scalarCastText, writeJson } from './json.ts';
import { NativeFailure, native } from './udf.ts';

function read(text: string): Json {
  const json = readJson(text);
  if (json === undefined) throw new NativeFailure('INVALID_CAST_ARGUMENT', `Cannot cast '${text}' to JSON`);
  return json;
}

function refuse(text: string, type: string, reason = ''): NativeFailure {
  return new NativeFailure('INVALID_CAST_ARGUMENT', `Cannot cast to ${type}.${reason}\n${text}`);
}

function scalarRefusal(text: string, type: string): NativeFailure {
  return new NativeFailure('INVALID_CAST_ARGUMENT', `Cannot cast '${text}' to ${type}`);
}

/** The text that is then cast to a number type: 1 and 0 for booleans, strings as they are, null for JSON null. */
function toNumberText(text: string, type: string): string | null {
  const json = read(text);
  if (json === null) return null;
  if (typeof json === 'boolean') return json ? '1' : '0';
  if (typeof json === 'string') return json;
  if (isNumber(json)) return json.number;
  throw scalarRefusal(text, type);
}

/** JSON numbers with a fraction become integers by rounding half up; strings must be integers already. */
function toIntegerText(text: string, type: string): string | null {
  const number = toNumberText(text, type);
  const json = read(text);
  if (number === null || !isNumber(json) || /^-?\d+$/.test(number)) return number;
  const value = Number(number);
  const rounded = Math.sign(value) * Math.round(Math.abs(value));
  return BigInt(rounded).toString();
}

function toDouble(text: string): number | null {
  const number = toNumberText(text, 'double');
  if (number === null) return null;
  const value = parseJavaDouble(number);
  if (value === undefined) throw scalarRefusal(number, 'DOUBLE');
  return value;
}

function toBoolean(text: string): boolean | null {
  const json = read(text);
  if (json === null || typeof json === 'boolean') return json;
  if (isNumber(json)) return Number(json.number) !== 0;
  if (typeof json === 'string' && /^(t|true|1)$/i.test(json)) return true;
  if (typeof json === 'string' && /^(f|false|0)$/i.test(json)) return false;
  throw scalarRefusal(typeof json === 'string' ? json : text, 'boolean');
}

function toVarchar(text: string): string | null {
  const value = scalarCastText(read(text));
  if (value === undefined) throw scalarRefusal(text, 'varchar');
  return value;
}

function start(json: Json): string {
  if (isObject(json)) return '{';
  if (Array.isArray(json)) return '[';
  return writeJson(json);
}

function elements(text: string, type: string): (string | null)[] | null {
  const json = read(text);
  if (json === null) return null;
  if (!Array.isArray(json)) throw refuse(text, type, ` Expected a json array, but got ${start(json)}`);
  return (json as readonly Json[]).map(partText);
}

/** JSON null becomes SQL null. */
function partText(part: Json | undefined): string | null {
  return part === undefined || part === null ? null : writeJson(part);
}

function object(text: string, type: string): ReadonlyMap<string, Json> | null {
  const json = read(text);
  if (json === null) return null;
  if (!isObject(json)) throw refuse(text, type, ` Expected a json object, but got ${start(json)}`);
  return json;
}

/** The fields of a row from an object (by name, else without regard to case) or from an array by position. */
function fields(text: string, type: string, names: readonly (string | null)[]): (string | null)[] | null {
  const json = read(text);
  if (json === null) return null;
  if (Array.isArray(json)) return positional(text, type, json as readonly Json[], names.length);
  if (!isObject(json)) throw refuse(text, type, ` Expected a json array or object, but got ${start(json)}`);
  const found = new Map([...json].map(([name, value]) => [name.toLowerCase(), value]));
  return names.map((name) => partText(json.get(name ?? '') ?? found.get((name ?? '').toLowerCase())));
}

function positional(text: string, type: string, items: readonly Json[], count: number): (string | null)[] {
  if (items.length > count) throw refuse(text, type, ` Expected json array ending, but got ${start(items[count]!)}`);
  if (items.length < count) throw refuse(text, type, ' Expected more elements in json array');
  return items.map(partText);
}

/** CAST from json: the parts come as JSON texts and are cast further in SQL. */
export const jsonCastFunctions = [
  native('weir_json_number(VARCHAR, VARCHAR) VARCHAR', toNumberText),
  native('weir_json_integer(VARCHAR, VARCHAR) VARCHAR', toIntegerText),
  native('weir_json_double(VARCHAR) DOUBLE', toDouble),
  native('weir_json_boolean(VARCHAR) BOOLEAN', toBoolean),
  native('weir_json_varchar(VARCHAR) VARCHAR', toVarchar),
  native('weir_json_elements(VARCHAR, VARCHAR) VARCHAR[]', elements),
  native('weir_json_keys(VARCHAR, VARCHAR) VARCHAR[]', (text: string, type: string) => {
    const fieldsOf = object(text, type);
    return fieldsOf === null ? null : [...fieldsOf.keys()].map(quoteJson);
  }),
  native('weir_json_values(VARCHAR, VARCHAR) VARCHAR[]', (text: string, type: string) => {
    const fieldsOf = object(text, type);
    return fieldsOf === null ? null : [...fieldsOf.values()].map(partText);
  }),
  native('weir_json_fields(VARCHAR, VARCHAR, VARCHAR[]) VARCHAR[]', fields),
  native('weir_json_text(VARCHAR) VARCHAR', quoteJson),
  native('weir_json_object(VARCHAR[], VARCHAR[]) VARCHAR', (keys: (string | null)[], values: (string | null)[]) => {
    const pairs = keys.map((key, index) => [key ?? 'null', values[index] ?? 'null'] as const);
    pairs.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${pairs.map(([key, value]) => `${quoteJson(key)}:${value}`).join(',')}}`;
  }),
];
