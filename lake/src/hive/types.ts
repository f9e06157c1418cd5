import type { Reader } from './reader.ts';

const PLAIN: ReadonlySet<string> = new Set([
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
]);

/** A column's type in Hive's own spelling, without blanks. INTEGER is accepted as int, as Athena does in DDL. */
export function readType(reader: Reader): string {
  const token = reader.peek();
  const name = token.text.toLowerCase();
  if (token.kind !== 'word') return reader.fail('type');
  if (PLAIN.has(name)) return reader.next().text.toLowerCase();
  if (reader.take('integer')) return 'int';
  if (name === 'decimal') return readDecimal(reader);
  if (name === 'char' || name === 'varchar') return readSized(reader, name);
  if (name === 'array' || name === 'map' || name === 'struct') return readNested(reader, name);
  return reader.fail(...[...PLAIN, 'decimal', 'char', 'varchar', 'array', 'map', 'struct'].map((w) => `'${w}'`));
}

function readDecimal(reader: Reader): string {
  reader.next();
  if (!reader.takeSymbol('(')) return 'decimal(10,0)';
  const precision = inRange(reader, 1, 38, 'a precision of 1 to 38');
  const scale = reader.takeSymbol(',') ? inRange(reader, 0, precision, 'a scale not above the precision') : 0;
  reader.needSymbol(')');
  return `decimal(${precision},${scale})`;
}

function readSized(reader: Reader, name: string): string {
  reader.next();
  reader.needSymbol('(');
  const length = inRange(reader, 1, name === 'char' ? 255 : 65535, 'a length in range');
  reader.needSymbol(')');
  return `${name}(${length})`;
}

function inRange(reader: Reader, from: number, to: number, called: string): number {
  const value = Number(reader.peek().text);
  if (reader.peek().kind === 'number' && !(value >= from && value <= to)) reader.fail(called);
  return Number(reader.number());
}

function readNested(reader: Reader, name: 'array' | 'map' | 'struct'): string {
  reader.next();
  reader.needSymbol('<');
  let inner: string;
  if (name === 'array') inner = readType(reader);
  else if (name === 'map') inner = readMap(reader);
  else inner = readFields(reader);
  reader.needSymbol('>');
  return `${name}<${inner}>`;
}

function readMap(reader: Reader): string {
  const key = readType(reader);
  reader.needSymbol(',');
  return `${key},${readType(reader)}`;
}

/** Field names may be any word, also reserved ones (`struct<date:string>`). */
function readFields(reader: Reader): string {
  const fields: string[] = [];
  do {
    const token = reader.peek();
    if (token.kind !== 'word' && token.kind !== 'quoted') reader.fail('identifier');
    const name = reader.next().value.toLowerCase();
    reader.needSymbol(':');
    fields.push(`${name}:${readType(reader)}`);
    if (reader.take('comment')) reader.string();
  } while (reader.takeSymbol(','));
  return fields.join(',');
}
