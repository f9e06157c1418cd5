import type { Type } from '../types.ts';

/** Which casts there are between plain types, as asked of the real engine; rows are `from`. */
const numeric = ['boolean', 'tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal'];
const casts: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(numeric.map((kind) => [kind, [...numeric, 'varchar', 'json']])),
  varchar: [...numeric, 'varchar', 'char', 'varbinary', 'date', 'time', 'timestamp', 'json', 'uuid', 'ipaddress'],
  char: ['varchar', 'char'],
  varbinary: ['varbinary', 'uuid', 'ipaddress', 'hyperloglog'],
  date: ['varchar', 'date', 'timestamp', 'json'],
  time: ['varchar', 'time', 'timestamp'],
  timestamp: ['varchar', 'date', 'time', 'timestamp', 'json'],
  interval: ['varchar'],
  json: [...numeric, 'varchar', 'json'],
  uuid: ['varchar', 'varbinary', 'uuid'],
  ipaddress: ['varchar', 'varbinary', 'ipaddress'],
  hyperloglog: ['varbinary', 'hyperloglog'],
};

/** Whether CAST(x AS to) exists at all; where not, Trino says TYPE_MISMATCH `Cannot cast date to integer`. */
export function canCast(from: Type, to: Type): boolean {
  if (from.kind === 'unknown') return true;
  if (from.kind === 'json' && isNested(to)) return fromJson(to);
  if (to.kind === 'json' && isNested(from)) return toJson(from);
  if (from.kind === 'array') return to.kind === 'array' && canCast(from.element, to.element);
  if (from.kind === 'map') return to.kind === 'map' && canCast(from.key, to.key) && canCast(from.value, to.value);
  if (from.kind === 'row') {
    if (to.kind !== 'row' || from.fields.length !== to.fields.length) return false;
    return from.fields.every((field, index) => canCast(field.type, to.fields[index]!.type));
  }
  if (from.kind === 'interval' && to.kind === 'interval') return from.unit === to.unit;
  if (from.kind === 'timestamp' && from.zone && to.kind === 'json') return false;
  return casts[from.kind]?.includes(to.kind) ?? false;
}

function isNested(type: Type): boolean {
  return type.kind === 'array' || type.kind === 'map' || type.kind === 'row';
}

function fromJson(to: Type): boolean {
  if (to.kind === 'array') return fromJson(to.element);
  if (to.kind === 'map') return to.key.kind !== 'json' && !isNested(to.key) && fromJson(to.key) && fromJson(to.value);
  if (to.kind === 'row') return to.fields.every((field) => fromJson(field.type));
  return casts.json!.includes(to.kind);
}

function toJson(from: Type): boolean {
  if (from.kind === 'array') return toJson(from.element);
  if (from.kind === 'map')
    return (numeric.includes(from.key.kind) || from.key.kind === 'varchar') && toJson(from.value);
  if (from.kind === 'row') return from.fields.every((field) => toJson(field.type));
  return from.kind === 'unknown' || canCast(from, { kind: 'json' });
}
