import type { Type } from '../types.ts';

/** Which spelling is read: Trino's (`varchar`, `integer`, `row(...)`) or Hive's (`string`, `int`, `struct<...>`). */
type Dialect = 'trino' | 'hive';

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

interface Reader {
  readonly tokens: readonly Token[];
  readonly dialect: Dialect;
  position: number;
}

/** A type in Trino's spelling, e.g. `array(row(a integer, "B c" varchar(3)))`; undefined where it is none. */
export function parseTrinoType(text: string): Type | undefined {
  return parse(text, 'trino');
}

/** A type in Hive's DDL spelling, e.g. `struct<a:int,b:array<string>>`; undefined where it is none. */
export function parseHiveType(text: string): Type | undefined {
  return parse(text, 'hive');
}

/** Trino's spelling, or Hive's where it is not Trino's. */
export function parseType(text: string): Type | undefined {
  return parseTrinoType(text) ?? parseHiveType(text);
}

function parse(text: string, dialect: Dialect): Type | undefined {
  const tokens = tokenize(text);
  if (tokens === undefined) return undefined;
  const reader: Reader = { tokens, dialect, position: 0 };
  const type = readType(reader);
  return type !== undefined && reader.position === tokens.length ? type : undefined;
}

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|([\p{L}\p{N}_$.-]+)|([(),<>:]))\s*/uy;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, doubleQuoted, backQuoted, word, sign] = match;
    if (doubleQuoted !== undefined) tokens.push({ text: doubleQuoted.replaceAll('""', '"'), quoted: true });
    else if (backQuoted !== undefined) tokens.push({ text: backQuoted.replaceAll('``', '`'), quoted: true });
    else tokens.push({ text: (word ?? sign)!, quoted: false });
  }
  return tokens;
}

function readType(reader: Reader): Type | undefined {
  const token = reader.tokens[reader.position];
  if (token === undefined || token.quoted) return undefined;
  reader.position += 1;
  const name = token.text.toLowerCase();
  return reader.dialect === 'trino' ? readTrino(reader, name) : readHive(reader, name);
}

/** `constructor` and its like are in every object, and no types. */
function named(types: Readonly<Record<string, Type>>, name: string): Type | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

const plain: Readonly<Record<string, Type>> = {
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'tinyint' },
  smallint: { kind: 'smallint' },
  int: { kind: 'integer' },
  integer: { kind: 'integer' },
  bigint: { kind: 'bigint' },
  double: { kind: 'double' },
  date: { kind: 'date' },
};

const trinoPlain: Readonly<Record<string, Type>> = {
  real: { kind: 'real' },
  varbinary: { kind: 'varbinary' },
  json: { kind: 'json' },
  uuid: { kind: 'uuid' },
  ipaddress: { kind: 'ipaddress' },
  hyperloglog: { kind: 'hyperloglog' },
  unknown: { kind: 'unknown' },
};

const hivePlain: Readonly<Record<string, Type>> = {
  float: { kind: 'real' },
  string: { kind: 'varchar', length: undefined },
  binary: { kind: 'varbinary' },
  timestamp: { kind: 'timestamp', precision: 3, zone: false },
};

function readTrino(reader: Reader, name: string): Type | undefined {
  const known = named(plain, name) ?? named(trinoPlain, name);
  if (known !== undefined) {
    if (name === 'double' && isWord(reader, 'precision')) reader.position += 1;
    return known;
  }
  switch (name) {
    case 'decimal':
    case 'dec':
    case 'numeric':
      return readDecimal(reader, 38);
    case 'varchar':
      return readVarchar(reader);
    case 'char':
      return readChar(reader);
    case 'time':
    case 'timestamp':
      return readMoment(reader, name);
    case 'interval':
      return readInterval(reader);
    case 'array':
      return readArray(reader, '(', ')');
    case 'map':
      return readMap(reader, '(', ')');
    case 'row':
      return readRow(reader);
    default:
      return undefined;
  }
}

function readHive(reader: Reader, name: string): Type | undefined {
  const known = named(plain, name) ?? named(hivePlain, name);
  if (known !== undefined) return known;
  switch (name) {
    case 'decimal':
      return readDecimal(reader, 10);
    case 'varchar':
      return isWord(reader, '(') ? readVarchar(reader) : undefined;
    case 'char':
      return isWord(reader, '(') ? readChar(reader) : undefined;
    case 'array':
      return readArray(reader, '<', '>');
    case 'map':
      return readMap(reader, '<', '>');
    case 'struct':
      return readStruct(reader);
    default:
      return undefined;
  }
}

function isWord(reader: Reader, text: string): boolean {
  const token = reader.tokens[reader.position];
  return token !== undefined && !token.quoted && token.text.toLowerCase() === text;
}

function take(reader: Reader, text: string): boolean {
  if (!isWord(reader, text)) return false;
  reader.position += 1;
  return true;
}

/** `(n, ...)`; an empty list where there is no parenthesis. */
function readNumbers(reader: Reader): number[] | undefined {
  const numbers: number[] = [];
  if (!take(reader, '(')) return numbers;
  do {
    const token = reader.tokens[reader.position];
    if (token === undefined || !/^\d+$/.test(token.text)) return undefined;
    numbers.push(Number(token.text));
    reader.position += 1;
  } while (take(reader, ','));
  return take(reader, ')') ? numbers : undefined;
}

function readDecimal(reader: Reader, defaultPrecision: number): Type | undefined {
  const numbers = readNumbers(reader);
  if (numbers === undefined || numbers.length > 2) return undefined;
  const [precision = defaultPrecision, scale = 0] = numbers;
  if (precision < 1 || precision > 38 || scale > precision) return undefined;
  return { kind: 'decimal', precision, scale };
}

function readVarchar(reader: Reader): Type | undefined {
  const numbers = readNumbers(reader);
  if (numbers === undefined || numbers.length > 1) return undefined;
  return { kind: 'varchar', length: numbers[0] };
}

function readChar(reader: Reader): Type | undefined {
  const numbers = readNumbers(reader);
  if (numbers === undefined || numbers.length > 1) return undefined;
  return { kind: 'char', length: numbers[0] ?? 1 };
}

function readMoment(reader: Reader, kind: 'time' | 'timestamp'): Type | undefined {
  const numbers = readNumbers(reader);
  if (numbers === undefined || numbers.length > 1) return undefined;
  const precision = numbers[0] ?? 3;
  if (precision > 12) return undefined;
  const zone = isWord(reader, 'with');
  const words = zone ? ['with', 'time', 'zone'] : isWord(reader, 'without') ? ['without', 'time', 'zone'] : [];
  return words.every((word) => take(reader, word)) ? { kind, precision, zone } : undefined;
}

function readInterval(reader: Reader): Type | undefined {
  if (take(reader, 'year')) {
    return take(reader, 'to') && take(reader, 'month') ? { kind: 'interval', unit: 'year to month' } : undefined;
  }
  const rest = ['day', 'to', 'second'];
  return rest.every((word) => take(reader, word)) ? { kind: 'interval', unit: 'day to second' } : undefined;
}

function readArray(reader: Reader, open: string, close: string): Type | undefined {
  if (!take(reader, open)) return undefined;
  const element = readType(reader);
  return element !== undefined && take(reader, close) ? { kind: 'array', element } : undefined;
}

function readMap(reader: Reader, open: string, close: string): Type | undefined {
  if (!take(reader, open)) return undefined;
  const key = readType(reader);
  if (key === undefined || !take(reader, ',')) return undefined;
  const value = readType(reader);
  return value !== undefined && take(reader, close) ? { kind: 'map', key, value } : undefined;
}

/** A field is `name type` or a type alone; a name that is also a type's name is told by what follows. */
function readRow(reader: Reader): Type | undefined {
  if (!take(reader, '(')) return undefined;
  const fields: { name: string | undefined; type: Type }[] = [];
  do {
    const start = reader.position;
    const bare = readType(reader);
    if (bare !== undefined && (isWord(reader, ',') || isWord(reader, ')'))) {
      fields.push({ name: undefined, type: bare });
      continue;
    }
    reader.position = start;
    const name = reader.tokens[reader.position];
    reader.position += 1;
    const type = readType(reader);
    if (name === undefined || type === undefined) return undefined;
    fields.push({ name: name.quoted ? name.text : name.text.toLowerCase(), type });
  } while (take(reader, ','));
  return take(reader, ')') ? { kind: 'row', fields } : undefined;
}

function readStruct(reader: Reader): Type | undefined {
  if (!take(reader, '<')) return undefined;
  const fields: { name: string; type: Type }[] = [];
  do {
    const name = reader.tokens[reader.position];
    reader.position += 1;
    if (name === undefined || !take(reader, ':')) return undefined;
    const type = readType(reader);
    if (type === undefined) return undefined;
    fields.push({ name: name.text.toLowerCase(), type });
  } while (take(reader, ','));
  return take(reader, '>') ? { kind: 'row', fields } : undefined;
}
