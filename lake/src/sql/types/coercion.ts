import type { Type } from '../types.ts';

type Row = Extract<Type, { kind: 'row' }>;

/** Whether two types are the same, row field names included. */
export function sameType(a: Type, b: Type): boolean {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'decimal':
      return b.kind === 'decimal' && a.precision === b.precision && a.scale === b.scale;
    case 'varchar':
      return b.kind === 'varchar' && a.length === b.length;
    case 'char':
      return b.kind === 'char' && a.length === b.length;
    case 'time':
    case 'timestamp':
      return b.kind === a.kind && a.precision === b.precision && a.zone === b.zone;
    case 'interval':
      return b.kind === 'interval' && a.unit === b.unit;
    case 'array':
      return b.kind === 'array' && sameType(a.element, b.element);
    case 'map':
      return b.kind === 'map' && sameType(a.key, b.key) && sameType(a.value, b.value);
    case 'row':
      return b.kind === 'row' && sameFields(a, b);
    case 'function':
      return (
        b.kind === 'function' &&
        a.parameters.length === b.parameters.length &&
        a.parameters.every((parameter, index) => sameType(parameter, b.parameters[index]!)) &&
        sameType(a.result, b.result)
      );
    default:
      return true;
  }
}

function sameFields(a: Row, b: Row): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every(
      (field, index) => field.name === b.fields[index]!.name && sameType(field.type, b.fields[index]!.type),
    )
  );
}

/** Whether Trino converts `from` to `to` by itself. */
export function canCoerce(from: Type, to: Type): boolean {
  const common = commonSuperType(from, to);
  return common !== undefined && sameShape(common, to);
}

/** As `sameType`, but row field names do not matter: a row is coerced to another by position. */
function sameShape(a: Type, b: Type): boolean {
  if (a.kind === 'row' && b.kind === 'row') {
    return a.fields.length === b.fields.length && a.fields.every((f, i) => sameShape(f.type, b.fields[i]!.type));
  }
  if (a.kind === 'array' && b.kind === 'array') return sameShape(a.element, b.element);
  if (a.kind === 'map' && b.kind === 'map') return sameShape(a.key, b.key) && sameShape(a.value, b.value);
  return sameType(a, b);
}

/** The type to which Trino brings both sides of a comparison, a UNION, a CASE; undefined where there is none. */
export function commonSuperType(a: Type, b: Type): Type | undefined {
  if (sameType(a, b)) return a;
  if (a.kind === 'unknown') return b;
  if (b.kind === 'unknown') return a;
  return numericSuperType(a, b) ?? textSuperType(a, b) ?? timeSuperType(a, b) ?? nestedSuperType(a, b);
}

const integers = ['tinyint', 'smallint', 'integer', 'bigint'] as const;
const integerDigits: Readonly<Record<string, number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 };

/** The decimal that holds every value of an integer type, or the decimal itself. */
export function asDecimal(type: Type): Extract<Type, { kind: 'decimal' }> | undefined {
  if (type.kind === 'decimal') return type;
  const digits = integerDigits[type.kind];
  return digits === undefined ? undefined : { kind: 'decimal', precision: digits, scale: 0 };
}

function numericSuperType(a: Type, b: Type): Type | undefined {
  const kinds = [a.kind, b.kind];
  const numeric = (type: Type) => type.kind === 'real' || type.kind === 'double' || asDecimal(type) !== undefined;
  if (!numeric(a) || !numeric(b)) return undefined;
  if (kinds.includes('double')) return { kind: 'double' };
  if (kinds.includes('real')) return { kind: 'real' };
  if (a.kind !== 'decimal' && b.kind !== 'decimal') {
    const rank = Math.max(...kinds.map((kind) => integers.indexOf(kind as (typeof integers)[number])));
    return { kind: integers[rank]! };
  }
  const [left, right] = [asDecimal(a)!, asDecimal(b)!];
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  return { kind: 'decimal', precision: Math.min(38, whole + scale), scale };
}

function textSuperType(a: Type, b: Type): Type | undefined {
  if (a.kind === 'varchar' && b.kind === 'varchar') {
    if (a.length === undefined || b.length === undefined) return { kind: 'varchar', length: undefined };
    return { kind: 'varchar', length: Math.max(a.length, b.length) };
  }
  if (a.kind === 'char' && b.kind === 'char') return { kind: 'char', length: Math.max(a.length, b.length) };
  const [char, varchar] = a.kind === 'char' ? [a, b] : [b, a];
  if (char.kind !== 'char' || varchar.kind !== 'varchar') return undefined;
  return { kind: 'char', length: Math.max(char.length, Math.min(varchar.length ?? 65536, 65536)) };
}

function timeSuperType(a: Type, b: Type): Type | undefined {
  const [left, right] = [asTimestamp(a), asTimestamp(b)];
  if (left === undefined || right === undefined || left.kind !== right.kind) return undefined;
  return { kind: left.kind, precision: Math.max(left.precision, right.precision), zone: left.zone || right.zone };
}

function asTimestamp(type: Type): Extract<Type, { kind: 'time' | 'timestamp' }> | undefined {
  if (type.kind === 'date') return { kind: 'timestamp', precision: 0, zone: false };
  return type.kind === 'timestamp' || type.kind === 'time' ? type : undefined;
}

function nestedSuperType(a: Type, b: Type): Type | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    const element = commonSuperType(a.element, b.element);
    return element === undefined ? undefined : { kind: 'array', element };
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = commonSuperType(a.key, b.key);
    const value = commonSuperType(a.value, b.value);
    return key === undefined || value === undefined ? undefined : { kind: 'map', key, value };
  }
  if (a.kind !== 'row' || b.kind !== 'row' || a.fields.length !== b.fields.length) return undefined;
  const fields: { name: string | undefined; type: Type }[] = [];
  for (const [index, field] of a.fields.entries()) {
    const other = b.fields[index]!;
    const type = commonSuperType(field.type, other.type);
    if (type === undefined) return undefined;
    // Trino keeps a field's name only where both sides agree on it.
    fields.push({ name: field.name === other.name ? field.name : undefined, type });
  }
  return { kind: 'row', fields };
}

/** Whether `=`, IN, GROUP BY and DISTINCT take values of this type. */
export function comparable(type: Type): boolean {
  switch (type.kind) {
    case 'hyperloglog':
    case 'function':
      return false;
    case 'array':
      return comparable(type.element);
    case 'map':
      return comparable(type.key) && comparable(type.value);
    case 'row':
      return type.fields.every((field) => comparable(field.type));
    default:
      return true;
  }
}

/** Whether `<`, ORDER BY, min and max take values of this type. */
export function orderable(type: Type): boolean {
  switch (type.kind) {
    case 'hyperloglog':
    case 'function':
    case 'map':
    case 'json':
      return false;
    case 'array':
      return orderable(type.element);
    case 'row':
      return type.fields.every((field) => orderable(field.type));
    default:
      return true;
  }
}

export function isFloat(type: Type): boolean {
  return type.kind === 'double' || type.kind === 'real';
}
