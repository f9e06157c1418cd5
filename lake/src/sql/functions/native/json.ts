import { castNumber, javaNumber } from './java-number.ts';
import { NativeFailure } from './udf.ts';

/** A JSON value that keeps the text of its numbers. */
export type Json = null | boolean | string | { readonly number: string } | readonly Json[] | ReadonlyMap<string, Json>;

interface Reader {
  readonly text: string;
  readonly repeated: 'first' | 'last';
  position: number;
  depth: number;
}

/** Readers and writers call themselves for what is inside: deeper than so the stack would not hold. */
const DEEPEST = 1000;

/** Not a wrong JSON, so that no NULL and no ON ERROR may answer it. */
export class TooDeep extends NativeFailure {
  constructor() {
    super('INVALID_FUNCTION_ARGUMENT', `JSON is nested deeper than ${DEEPEST} levels`);
  }
}

/** An object that also knows its fields as they were written, repeated names included. */
class JsonObject extends Map<string, Json> {
  readonly written: (readonly [string, Json])[] = [];
}

/** The fields of an object as its text had them, a repeated name each time. */
export function writtenFields(json: ReadonlyMap<string, Json>): readonly (readonly [string, Json])[] {
  return json instanceof JsonObject ? json.written : [...json];
}

/** Reads the value that a path of steps leads to and no further, as a reader of a stream does; undefined: none. */
export function readJsonAt(text: string, steps: readonly (string | number)[]): Json | undefined {
  const reader: Reader = { text, position: 0, depth: 0, repeated: 'first' };
  return steps.every((step) => enter(reader, step)) ? readValue(reader) : undefined;
}

function enter(reader: Reader, step: string | number): boolean {
  if (accept(reader, '{')) return enterField(reader, String(step));
  if (!accept(reader, '[')) return false;
  if (!/^\d+$/.test(String(step)) || accept(reader, ']')) return false;
  for (let index = 0; index < Number(step); index += 1) {
    if (readValue(reader) === undefined || !accept(reader, ',')) return false;
  }
  return true;
}

function enterField(reader: Reader, wanted: string): boolean {
  if (accept(reader, '}')) return false;
  do {
    skipBlanks(reader);
    const name = reader.text[reader.position] === '"' ? readText(reader) : undefined;
    if (name === undefined || !accept(reader, ':')) return false;
    if (name === wanted) return true;
    if (readValue(reader) === undefined) return false;
  } while (accept(reader, ','));
  return false;
}

/** Reads one JSON text; undefined where it is none. Of a repeated name the last field counts, or the first. */
export function readJson(text: string, repeated: 'first' | 'last' = 'last'): Json | undefined {
  const reader: Reader = { text, position: 0, depth: 0, repeated };
  const value = readValue(reader);
  if (value === undefined) return undefined;
  skipBlanks(reader);
  return reader.position === text.length ? value : undefined;
}

function skipBlanks(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text[reader.position] ?? 'x')) reader.position += 1;
}

function accept(reader: Reader, sign: string): boolean {
  skipBlanks(reader);
  if (!reader.text.startsWith(sign, reader.position)) return false;
  reader.position += sign.length;
  return true;
}

function readValue(reader: Reader): Json | undefined {
  skipBlanks(reader);
  switch (reader.text[reader.position]) {
    case '{':
      return within(reader, readObject);
    case '[':
      return within(reader, readArray);
    case '"':
      return readText(reader);
    case 't':
      return accept(reader, 'true') ? true : undefined;
    case 'f':
      return accept(reader, 'false') ? false : undefined;
    case 'n':
      return accept(reader, 'null') ? null : undefined;
    default:
      return readNumber(reader);
  }
}

function within(reader: Reader, read: (reader: Reader) => Json | undefined): Json | undefined {
  if (reader.depth === DEEPEST) throw new TooDeep();
  reader.depth += 1;
  const value = read(reader);
  reader.depth -= 1;
  return value;
}

function readNumber(reader: Reader): Json | undefined {
  const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  pattern.lastIndex = reader.position;
  const match = pattern.exec(reader.text);
  if (match === null) return undefined;
  reader.position = pattern.lastIndex;
  return { number: match[0] };
}

function readText(reader: Reader): string | undefined {
  const start = reader.position;
  let end = start + 1;
  while (end < reader.text.length && reader.text[end] !== '"') end += reader.text[end] === '\\' ? 2 : 1;
  if (end >= reader.text.length) return undefined;
  reader.position = end + 1;
  const raw = reader.text.slice(start, end + 1);
  if (!raw.includes('\\') && !/[\x00-\x1f]/.test(raw)) return raw.slice(1, -1);
  try {
    return JSON.parse(raw) as string;
  } catch {
    return undefined;
  }
}

function readArray(reader: Reader): Json | undefined {
  reader.position += 1;
  const items: Json[] = [];
  if (accept(reader, ']')) return items;
  do {
    const item = readValue(reader);
    if (item === undefined) return undefined;
    items.push(item);
  } while (accept(reader, ','));
  return accept(reader, ']') ? items : undefined;
}

function readObject(reader: Reader): Json | undefined {
  reader.position += 1;
  const fields = new JsonObject();
  if (accept(reader, '}')) return fields;
  do {
    skipBlanks(reader);
    const name = reader.text[reader.position] === '"' ? readText(reader) : undefined;
    if (name === undefined || !accept(reader, ':')) return undefined;
    const value = readValue(reader);
    if (value === undefined) return undefined;
    fields.written.push([name, value]);
    if (reader.repeated === 'last' || !fields.has(name)) fields.set(name, value);
  } while (accept(reader, ','));
  return accept(reader, '}') ? fields : undefined;
}

export function isNumber(json: Json): json is { readonly number: string } {
  return typeof json === 'object' && json !== null && 'number' in json;
}

export function isObject(json: Json): json is ReadonlyMap<string, Json> {
  return json instanceof Map;
}

/** JSON text with its fields in the order in which they came. */
export function writeJson(json: Json): string {
  return write(json, { sorted: false, number: canonicalNumber });
}

/** Trino's canonical JSON text: fields sorted by name, numbers with a point or exponent as doubles. */
export function canonicalJson(json: Json): string {
  return write(json, { sorted: true, number: canonicalNumber });
}

/** The shortest text of the double that a number's text means. */
function plainDouble(text: string): string {
  const value = Number(text);
  return Object.is(value, -0) ? '-0.0' : String(value);
}

export function canonicalNumber(text: string): string {
  if (text === '-0') return '0';
  return /^-?\d+$/.test(text) ? text : javaNumber(plainDouble(text));
}

interface Style {
  readonly sorted: boolean;
  number(text: string): string;
}

function write(json: Json, style: Style): string {
  if (json === null || typeof json === 'boolean') return String(json);
  if (typeof json === 'string') return quoteJson(json);
  if (isNumber(json)) return style.number(json.number);
  if (!isObject(json)) return `[${json.map((item) => write(item, style)).join(',')}]`;
  const entries = style.sorted ? [...json].sort(([a], [b]) => (a < b ? -1 : 1)) : writtenFields(json);
  return `{${entries.map(([name, value]) => `${quoteJson(name)}:${write(value, style)}`).join(',')}}`;
}

/** A JSON string as Jackson writes it: escapes in capitals, letters beyond 16 bits as two escapes. */
export function quoteJson(text: string): string {
  const quoted = JSON.stringify(text);
  if (!/\\u|[\ud800-\udbff]/.test(quoted)) return quoted;
  return quoted
    .replaceAll(/\\u([0-9a-f]{4})/g, (_, code: string) => `\\u${code.toUpperCase()}`)
    .replaceAll(/[\ud800-\udfff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** What a scalar becomes as varchar; undefined for an array or object. */
export function scalarText(json: Json): string | null | undefined {
  if (json === null || typeof json === 'string') return json;
  if (typeof json === 'boolean') return String(json);
  if (isNumber(json)) return json.number;
  return undefined;
}

/** As `scalarText`, with numbers as CAST(json AS varchar) shows them. */
export function scalarCastText(json: Json): string | null | undefined {
  if (!isNumber(json as Json)) return scalarText(json);
  const { number } = json as { number: string };
  return /^-?\d+$/.test(number) ? number : castNumber(String(Number(number)));
}
