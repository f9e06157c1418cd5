import { once } from '../casts/once.ts';
import { fieldKeys, isFloat, quoteName } from '../types/index.ts';
import type { Type } from '../types.ts';

/** What of a value counts in comparisons: of a timestamp with time zone the instant alone. */
export function comparisonKey(sql: string, type: Type): string {
  return type.kind === 'timestamp' && type.zone ? `${atom(sql)}.t` : sql;
}

/** A value that a field can be taken of. */
function atom(sql: string): string {
  return /^[\w."]+$/.test(sql) ? sql : `(${sql})`;
}

/** A float literal that is a number: no NaN can hide in it. */
function isNumberLiteral(sql: string): boolean {
  return /^(?:CAST\(){0,3}'?-?[\d.]+(?:e[+-]?\d+)?'?(?: AS [A-Z]+(?:\(\d+, \d+\))?\)){0,3}$/i.test(sql);
}

/**
 * Equality. NaN equals nothing for Trino, but itself for DuckDB; arrays, maps and rows with a null inside are neither
 * equal nor unequal unless another part differs.
 */
export function compareEqual(a: string, b: string, type: Type, negated: boolean): string {
  if (isFloat(type)) return floatEqual(a, b, negated);
  if (type.kind === 'array' || type.kind === 'row' || type.kind === 'map') return nestedEqual(a, b, type, negated);
  return `(${comparisonKey(a, type)} ${negated ? '<>' : '='} ${comparisonKey(b, type)})`;
}

function floatEqual(a: string, b: string, negated: boolean): string {
  const plain = `${a} ${negated ? '<>' : '='} ${b}`;
  if (isNumberLiteral(a) || isNumberLiteral(b)) return `(${plain})`;
  if (negated) return `CASE WHEN isnan(${a}) AND isnan(${b}) THEN true ELSE ${plain} END`;
  return `(${plain} AND (${b} IS NULL OR NOT isnan(${a})))`;
}

/** `<` or `<=`; NaN is neither smaller nor greater than anything. */
export function compareLess(a: string, b: string, operator: '<' | '<=', type: Type): string {
  const plain = `${comparisonKey(a, type)} ${operator} ${comparisonKey(b, type)}`;
  if (!isFloat(type) || isNumberLiteral(b)) return `(${plain})`;
  return `(${plain} AND (${a} IS NULL OR NOT isnan(${b})))`;
}

/** IS [NOT] DISTINCT FROM: nulls and NaNs count as equal to themselves, in parts too, as DuckDB has it. */
export function distinctFrom(a: string, b: string, type: Type, distinct: boolean): string {
  return `(${comparisonKey(a, type)} IS ${distinct ? '' : 'NOT '}DISTINCT FROM ${comparisonKey(b, type)})`;
}

/** DuckDB compares lists and structs with nulls as values; three-valued logic is put on top where nulls can be. */
function nestedEqual(a: string, b: string, type: Type, negated: boolean): string {
  const [yes, no] = negated ? ['false', 'true'] : ['true', 'false'];
  return once(
    a,
    (x) =>
      `CASE WHEN ${x} IS NULL OR ${b} IS NULL THEN NULL WHEN ${unequal(x, b, type)} THEN ${no} WHEN ${holdsNull(x, type)} OR ${holdsNull(b, type)} THEN NULL ELSE ${yes} END`,
  );
}

/** Whether two nested values differ in a part that both have; nulls inside differ from nothing. */
function unequal(a: string, b: string, type: Type, depth = 0): string {
  switch (type.kind) {
    case 'array': {
      const at = `weir_i${depth}`;
      const part = unequal(`${a}[${at}]`, `${b}[${at}]`, type.element, depth + 1);
      return `(len(${a}) <> len(${b}) OR list_bool_or(list_transform(range(1, len(${a}) + 1), lambda ${at}: coalesce(${part}, false))) IS true)`;
    }
    case 'row': {
      const parts = rowKeys(type).map(
        ([key, field]) => `coalesce(${unequal(`${a}.${key}`, `${b}.${key}`, field, depth)}, false)`,
      );
      return parts.length === 0 ? 'false' : `(${parts.join(' OR ')})`;
    }
    case 'map': {
      const key = `weir_k${depth}`;
      const part = unequal(`${a}[${key}]`, `${b}[${key}]`, type.value, depth + 1);
      const keys = `list_sort(map_keys(${a})) <> list_sort(map_keys(${b}))`;
      return `(cardinality(${a}) <> cardinality(${b}) OR ${keys} OR list_bool_or(list_transform(map_keys(${a}), lambda ${key}: coalesce(${part}, false))) IS true)`;
    }
    default:
      return compareEqual(a, b, type, true);
  }
}

function rowKeys(type: Extract<Type, { kind: 'row' }>): (readonly [string, Type])[] {
  return type.fields.map((field, index) => [quoteName(fieldKeys(type)[index]!), field.type] as const);
}

function holdsNull(sql: string, type: Type): string {
  switch (type.kind) {
    case 'array':
      return `(${sql} IS NULL OR list_bool_or(list_transform(${sql}, lambda weir_n: ${holdsNull('weir_n', type.element)})) IS true)`;
    case 'row': {
      const parts = rowKeys(type).map(([key, field]) => holdsNull(`${sql}.${key}`, field));
      return `(${[`${sql} IS NULL`, ...parts].join(' OR ')})`;
    }
    case 'map':
      return `(${sql} IS NULL OR list_bool_or(list_transform(map_values(${sql}), lambda weir_n: ${holdsNull('weir_n', type.value)})) IS true)`;
    default:
      return `${sql} IS NULL`;
  }
}
