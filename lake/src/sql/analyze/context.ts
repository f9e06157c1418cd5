import type { Expression, NamedWindow } from '../ast.ts';
import { emitCast } from '../casts/cast.ts';
import { duckdbType, sameType } from '../types/index.ts';
import type { Type } from '../types.ts';
import type { Field, Scope } from './scope.ts';
import type { Names, State } from './state.ts';

/** An expression that is typed and written for DuckDB: a name, a call or in parentheses, so it can stand anywhere. */
export interface Typed {
  readonly sql: string;
  readonly type: Type;
  /** The digits of a number that stands in the statement: it is written in the type that is wanted at once. */
  readonly digits?: string | undefined;
}

export interface LambdaVariable {
  readonly name: string;
  readonly sql: string;
  readonly type: Type;
}

/** Where an expression stands. */
export interface Context {
  readonly state: State;
  readonly scope: Scope;
  readonly names: Names;
  readonly variables: readonly LambdaVariable[];
  /** What stands for a whole expression: a group's key, an aggregate that is computed below. */
  readonly replace?: ((node: Expression) => Typed | undefined) | undefined;
  /** Windows that the query names. */
  readonly windows?: readonly NamedWindow[] | undefined;
  /** Another reference for a field, or a throw: for conditions that are moved. */
  readonly rename?: ((field: Field) => string) | undefined;
}

export const BOOLEAN: Type = { kind: 'boolean' };
export const BIGINT: Type = { kind: 'bigint' };
export const INTEGER: Type = { kind: 'integer' };
export const DOUBLE: Type = { kind: 'double' };
export const VARCHAR: Type = { kind: 'varchar', length: undefined };
export const UNKNOWN: Type = { kind: 'unknown' };

/** Brings a value to a type that it is coerced to. */
export function coerce(value: Typed, to: Type): string {
  if (sameType(value.type, to)) return value.sql;
  if (value.digits !== undefined && holds(to, value.digits)) return `CAST('${value.digits}' AS ${duckdbType(to)})`;
  return emitCast(value.sql, value.type, to);
}

/** Whether a type takes a number exactly as it is written; coercion goes to wider types, so digits are all to be seen to. */
function holds(to: Type, digits: string): boolean {
  if (to.kind === 'bigint' || to.kind === 'double') return true;
  if (to.kind !== 'decimal') return false;
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  return whole.replace(/^0+/, '').length <= to.precision - to.scale && fraction.length <= to.scale;
}
