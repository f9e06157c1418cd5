/** A column type of Hive DDL, as Glue and Athena's CREATE TABLE spell it. */
export type HiveType =
  | { readonly kind: 'primitive'; readonly name: string }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'text'; readonly name: 'char' | 'varchar'; readonly length: number }
  | { readonly kind: 'array'; readonly element: HiveType }
  | { readonly kind: 'map'; readonly key: HiveType; readonly value: HiveType }
  | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly type: HiveType }[] };

const PRIMITIVES = [
  'boolean',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'float',
  'double',
  'string',
  'binary',
  'date',
  'timestamp',
] as const;

/** Words that queries or other engines use for what Hive DDL spells otherwise. */
const SPELLINGS: Readonly<Record<string, string>> = {
  integer: 'int',
  long: 'bigint',
  real: 'float',
  text: 'string',
  varbinary: 'binary',
  bool: 'boolean',
  numeric: 'decimal',
  row: 'struct',
};

export type TypeReading =
  | { readonly type: HiveType; readonly misspelt: readonly (readonly [written: string, right: string])[] }
  | { readonly fault: string };

interface Cursor {
  readonly text: string;
  position: number;
  readonly misspelt: (readonly [string, string])[];
}

class TypeFault extends Error {}

/** Reads a Hive type. Words of other dialects are understood and listed in `misspelt`. */
export function readType(text: string): TypeReading {
  const cursor: Cursor = { text, position: 0, misspelt: [] };
  try {
    if (text.length > 131072) throw new TypeFault('longer than 131072 characters');
    const type = typeAt(cursor, 0);
    skip(cursor);
    if (cursor.position < text.length)
      throw new TypeFault(`unexpected "${text.slice(cursor.position, cursor.position + 20)}"`);
    return { type, misspelt: cursor.misspelt };
  } catch (error) {
    if (error instanceof TypeFault) return { fault: error.message };
    throw error;
  }
}

/** The one spelling of a type: lower case, no spaces, `decimal` with its precision and scale. */
export function spell(type: HiveType): string {
  switch (type.kind) {
    case 'primitive':
      return type.name;
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'text':
      return `${type.name}(${type.length})`;
    case 'array':
      return `array<${spell(type.element)}>`;
    case 'map':
      return `map<${spell(type.key)},${spell(type.value)}>`;
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}:${spell(field.type)}`).join(',')}>`;
  }
}

/** The normal spelling of a type that can be read; anything else as it was written. */
export function normalType(text: string): string {
  const reading = readType(text);
  return 'type' in reading ? spell(reading.type) : text;
}

function typeAt(cursor: Cursor, depth: number): HiveType {
  if (depth > 20) throw new TypeFault('nested deeper than 20 levels');
  const written = word(cursor);
  const lower = written.toLowerCase();
  const name = SPELLINGS[lower] ?? lower;
  if (name !== lower) cursor.misspelt.push([lower, name]);
  switch (name) {
    case 'decimal': {
      const [precision = 10, scale = 0, ...more] = sizes(cursor);
      if (more.length > 0 || precision < 1 || precision > 38 || scale > precision) {
        throw new TypeFault('decimal(precision,scale) has a precision of 1 to 38 and a scale of at most the precision');
      }
      return { kind: 'decimal', precision, scale };
    }
    case 'char':
    case 'varchar': {
      const [length, ...more] = sizes(cursor);
      const most = name === 'char' ? 255 : 65535;
      if (length === undefined && name === 'varchar') {
        cursor.misspelt.push(['varchar', 'string']);
        return { kind: 'primitive', name: 'string' };
      }
      if (length === undefined || more.length > 0 || length < 1 || length > most) {
        throw new TypeFault(`${name} wants a length of 1 to ${most}`);
      }
      return { kind: 'text', name, length };
    }
    case 'array': {
      expect(cursor, '<');
      const element = typeAt(cursor, depth + 1);
      expect(cursor, '>');
      return { kind: 'array', element };
    }
    case 'map': {
      expect(cursor, '<');
      const key = typeAt(cursor, depth + 1);
      expect(cursor, ',');
      const value = typeAt(cursor, depth + 1);
      expect(cursor, '>');
      if (key.kind === 'array' || key.kind === 'map' || key.kind === 'struct')
        throw new TypeFault('a map key is a plain type');
      return { kind: 'map', key, value };
    }
    case 'struct':
      return structAt(cursor, depth);
  }
  if ((PRIMITIVES as readonly string[]).includes(name)) return { kind: 'primitive', name };
  throw new TypeFault(written === '' ? 'a type is missing' : `there is no type "${written.slice(0, 40)}"`);
}

function structAt(cursor: Cursor, depth: number): HiveType {
  expect(cursor, '<');
  const fields: { name: string; type: HiveType }[] = [];
  do {
    const name = word(cursor);
    if (name === '') throw new TypeFault('a struct field is name:type');
    expect(cursor, ':');
    fields.push({ name: name.toLowerCase(), type: typeAt(cursor, depth + 1) });
  } while (take(cursor, ','));
  expect(cursor, '>');
  const names = new Set(fields.map((field) => field.name));
  if (names.size < fields.length) throw new TypeFault('a struct has two fields of one name');
  return { kind: 'struct', fields };
}

function skip(cursor: Cursor): void {
  while (cursor.text[cursor.position] === ' ') cursor.position++;
}

function word(cursor: Cursor): string {
  skip(cursor);
  const found = /^[A-Za-z0-9_]+/.exec(cursor.text.slice(cursor.position, cursor.position + 256))?.[0] ?? '';
  cursor.position += found.length;
  return found;
}

function take(cursor: Cursor, character: string): boolean {
  skip(cursor);
  if (cursor.text[cursor.position] !== character) return false;
  cursor.position++;
  return true;
}

function expect(cursor: Cursor, character: string): void {
  if (!take(cursor, character))
    throw new TypeFault(`"${character}" is missing after "${cursor.text.slice(0, cursor.position)}"`);
}

function sizes(cursor: Cursor): number[] {
  if (!take(cursor, '(')) return [];
  const found: number[] = [];
  do {
    const text = word(cursor);
    if (!/^[0-9]{1,5}$/.test(text)) throw new TypeFault('a size is a whole number');
    found.push(Number(text));
  } while (take(cursor, ','));
  expect(cursor, ')');
  return found;
}
