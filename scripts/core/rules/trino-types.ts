import { type HiveType, readType } from '../define/types.ts';

/** The type that a Hive column has in a query, in Trino's spelling. */
export function shownType(hive: string): string {
  const reading = readType(hive);
  return 'type' in reading ? trino(reading.type) : hive;
}

const NAMES: Readonly<Record<string, string>> = {
  int: 'integer',
  string: 'varchar',
  float: 'real',
  binary: 'varbinary',
  timestamp: 'timestamp(3)',
};

function trino(type: HiveType): string {
  switch (type.kind) {
    case 'primitive':
      return NAMES[type.name] ?? type.name;
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'text':
      return `${type.name}(${type.length})`;
    case 'array':
      return `array(${trino(type.element)})`;
    case 'map':
      return `map(${trino(type.key)},${trino(type.value)})`;
    case 'struct':
      return `row(${type.fields.map((field) => `${field.name} ${trino(field.type)}`).join(',')})`;
  }
}

/** True where a result of type `given` (Trino) is what `declared` says: Hive DDL for a table, Trino for a view. */
export function sameType(owner: 'table' | 'view', declared: string, given: string): boolean {
  return comparable(owner === 'table' ? shownType(declared) : declared) === comparable(given);
}

/**
 * One form for types that hold the same in the lake: CTAS writes any varchar as a string, and Athena keeps timestamps in
 * milliseconds whatever their precision in the query.
 */
export function comparable(type: string): string {
  return type
    .toLowerCase()
    .replace(/\s*([(),])\s*/g, '$1')
    .replace(/\s+/g, ' ')
    .replaceAll('"', '')
    .replace(/\bvarchar\(\d+\)/g, 'varchar')
    .replace(/\btimestamp(\(\d+\))?(?! with)/g, 'timestamp')
    .replace(/\bint\b/g, 'integer')
    .replace(/\bdecimal\((\d+)\)/g, 'decimal($1,0)');
}

const PLAIN =
  /^(boolean|tinyint|smallint|integer|int|bigint|real|double|varbinary|date|json|uuid|ipaddress|hyperloglog|interval (year to month|day to second)|(varchar|char)(\(\d+\))?|decimal\(\d+(, ?\d+)?\)|(time|timestamp)(\(\d+\))?( with time zone)?)$/;

/** True for a type as Trino spells it, which is how a view's columns are declared. */
export function isTrinoType(text: string, depth = 0): boolean {
  const type = text.trim().toLowerCase();
  if (PLAIN.test(type)) return true;
  const nested = /^(array|map|row)\((.*)\)$/s.exec(type);
  if (nested === null || depth > 20) return false;
  const parts = splitOutside(nested[2]!);
  if (nested[1] === 'row') return parts.every((part) => isField(part, depth + 1));
  return parts.length === (nested[1] === 'array' ? 1 : 2) && parts.every((part) => isTrinoType(part, depth + 1));
}

/** A field of a row is `name type`, the name in double quotes where it has to be. */
function isField(text: string, depth: number): boolean {
  const field = /^\s*(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_]*)\s+(.*)$/s.exec(text);
  return field !== null && isTrinoType(field[1]!, depth);
}

/** Splits at commas that stand in no parentheses and no quotes. */
function splitOutside(text: string): readonly string[] {
  const parts = [''];
  let open = 0;
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (!quoted && character === '(') open++;
    if (!quoted && character === ')') open--;
    if (!quoted && open === 0 && character === ',') parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
