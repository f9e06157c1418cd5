import { SqlError } from '../sql.ts';
import { commonSuperType, comparable, displayType, orderable } from '../types/index.ts';
import type { Type } from '../types.ts';
import { numberArithmetic } from './arithmetic.ts';
import { compareEqual, compareLess, distinctFrom } from './comparison.ts';
import { atTimeZone, momentArithmetic } from './interval-arithmetic.ts';
import { subscript } from './subscript.ts';

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
  const resolved = find(operator, left, right);
  if (resolved !== undefined) return resolved;
  const message = `Cannot apply operator: ${displayType(left)} ${shown(operator)} ${displayType(right)}`;
  throw new SqlError('TYPE_MISMATCH', message, at?.line, at?.column);
}

/** Trino turns `a > b` into `b < a`, and says so in its messages. */
function shown(operator: BinaryOperator): string {
  const names: Readonly<Partial<Record<BinaryOperator, string>>> = { '>': '<', '>=': '<=', '<>': '=' };
  return names[operator] ?? operator.toUpperCase();
}

function find(operator: BinaryOperator, left: Type, right: Type): ResolvedOperator | undefined {
  switch (operator) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return numberArithmetic(operator, left, right) ?? momentArithmetic(operator, left, right);
    case '[]':
      return subscript(left, right);
    case 'at time zone':
      return atTimeZone(left, right);
    default:
      return comparison(operator, left, right);
  }
}

function comparison(operator: BinaryOperator, left: Type, right: Type): ResolvedOperator | undefined {
  const common = commonSuperType(left, right);
  if (common === undefined || !comparable(common)) return undefined;
  const ordering = operator.includes('<') || operator.includes('>');
  if (ordering && operator !== '<>' && !orderable(common)) return undefined;
  return {
    argumentTypes: [common, common],
    resultType: { kind: 'boolean' },
    emit: ([a, b]) => compared(operator, a!, b!, common),
  };
}

function compared(operator: BinaryOperator, a: string, b: string, type: Type): string {
  switch (operator) {
    case '=':
      return compareEqual(a, b, type, false);
    case '<>':
      return compareEqual(a, b, type, true);
    case 'is distinct from':
      return distinctFrom(a, b, type, true);
    case 'is not distinct from':
      return distinctFrom(a, b, type, false);
    case '>':
    case '>=':
      return compareLess(b, a, operator === '>' ? '<' : '<=', type);
    default:
      return compareLess(a, b, operator as '<' | '<=', type);
  }
}

/** Unary minus. */
export function resolveNegation(type: Type, at?: Place): ResolvedOperator {
  const numeric = ['tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal', 'interval', 'unknown'];
  if (!numeric.includes(type.kind)) {
    throw new SqlError('TYPE_MISMATCH', `Cannot negate ${displayType(type)}`, at?.line, at?.column);
  }
  return { argumentTypes: [type], resultType: type, emit: ([value]) => `(- ${value})` };
}
