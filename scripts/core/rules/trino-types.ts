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
