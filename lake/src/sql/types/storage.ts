import type { Type } from '../types.ts';

type Row = Extract<Type, { kind: 'row' }>;

/**
 * How a value of a type is held in DuckDB:
 * - varchar as VARCHAR, char as VARCHAR without the blanks at its end (shown padded), varbinary as BLOB;
 * - timestamp up to six digits as TIMESTAMP, up to nine as TIMESTAMP_NS, always rounded to its digits;
 * - timestamp with time zone as STRUCT(t TIMESTAMP in UTC, z VARCHAR): Trino keeps the zone, DuckDB's own type does not;
 * - interval day to second as BIGINT milliseconds, interval year to month as INTEGER months, as Trino holds them;
 * - json as VARCHAR in Trino's canonical text; ipaddress as BLOB of 16 bytes; hyperloglog as a list of hashes;
 * - row as STRUCT with the names of `fieldKeys`.
 */
export function duckdbType(type: Type): string {
  switch (type.kind) {
    case 'unknown':
      return '"NULL"';
    case 'real':
      return 'FLOAT';
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'varchar':
    case 'char':
    case 'json':
      return 'VARCHAR';
    case 'varbinary':
    case 'ipaddress':
      return 'BLOB';
    case 'hyperloglog':
      return 'UBIGINT[]';
    case 'time':
      return type.zone ? 'TIMETZ' : 'TIME';
    case 'timestamp':
      if (type.zone) return 'STRUCT(t TIMESTAMP, z VARCHAR)';
      return type.precision > 6 ? 'TIMESTAMP_NS' : 'TIMESTAMP';
    case 'interval':
      return type.unit === 'day to second' ? 'BIGINT' : 'INTEGER';
    case 'array':
      return `${duckdbType(type.element)}[]`;
    case 'map':
      return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
    case 'row':
      return duckdbStruct(type);
    case 'function':
      throw new Error('a lambda has no DuckDB type');
    default:
      return type.kind.toUpperCase();
  }
}

function duckdbStruct(type: Row): string {
  const keys = fieldKeys(type);
  return `STRUCT(${type.fields.map((field, index) => `${quoteName(keys[index]!)} ${duckdbType(field.type)}`).join(', ')})`;
}

/** The names of a row's fields in its DuckDB STRUCT: lower case, made unique, `field0` where there is no name. */
export function fieldKeys(type: Row): readonly string[] {
  const taken = new Set<string>();
  return type.fields.map((field, index) => {
    const wanted = (field.name ?? `field${index}`).toLowerCase();
    let key = wanted;
    for (let repeat = 2; taken.has(key); repeat += 1) key = `${wanted}_${repeat}`;
    taken.add(key);
    return key;
  });
}

/** A DuckDB identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A DuckDB string literal; an expression where the text holds NUL, at which DuckDB's parser ends. */
export function quoteText(text: string): string {
  if (text.includes('\0')) return `(${text.split('\0').map(quoteText).join(' || chr(0) || ')})`;
  return `'${text.replaceAll("'", "''")}'`;
}
