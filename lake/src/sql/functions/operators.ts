import { SqlError } from '../sql.ts';
import { commonSuperType, comparable, displayType, orderable } from '../types/index.ts';
import type { Type } from '../types.ts';

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'is distinct from'
  | 'is not distinct from'
  /** Subscript of an array or map; a row's is the analyser's, since its type hangs on the constant. */
  | '[]'
  | 'at time zone';

export interface ResolvedOperator {
  readonly argumentTypes: readonly Type[];
  readonly resultType: Type;
  emit(args: readonly string[]): string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A binary operator on two types; `at` is where the operator stands. */
export function resolveOperator(operator: BinaryOperator, left: Type, right: Type, at?: Place): ResolvedOperator {
  const common = commonSuperType(left, right);
  const fits = common !== undefined && comparable(common) && orderable(common);
  if (!fits) throw mismatch(operator, left, right, at);
  return {
    argumentTypes: [common, common],
    resultType: { kind: 'boolean' },
    emit: ([a, b]) => `(${a} ${operator} ${b})`,
  };
}

/** Unary minus. */
export function resolveNegation(type: Type, at?: Place): ResolvedOperator {
  if (type.kind === 'varchar') {
    throw new SqlError('TYPE_MISMATCH', `Cannot negate ${displayType(type)}`, at?.line, at?.column);
  }
  return { argumentTypes: [type], resultType: type, emit: ([value]) => `(-${value})` };
}

function mismatch(operator: string, left: Type, right: Type, at: Place | undefined): SqlError {
  const message = `Cannot apply operator: ${displayType(left)} ${operator} ${displayType(right)}`;
  return new SqlError('TYPE_MISMATCH', message, at?.line, at?.column);
}
