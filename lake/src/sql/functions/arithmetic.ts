import { once } from '../casts/once.ts';
import { SqlError } from '../sql.ts';
import { asDecimal, commonSuperType, duckdbType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { failText } from './fail.ts';
import type { ResolvedOperator } from './operators.ts';

type Arithmetic = '+' | '-' | '*' | '/' | '%';
type Decimal = Extract<Type, { kind: 'decimal' }>;

/** Arithmetic on numbers; undefined where a side is no number. */
export function numberArithmetic(operator: Arithmetic, left: Type, right: Type): ResolvedOperator | undefined {
  const numeric = (type: Type) => asDecimal(type) !== undefined || type.kind === 'real' || type.kind === 'double';
  if (left.kind === 'unknown' && right.kind === 'unknown') throw ambiguous();
  if (left.kind === 'unknown' && numeric(right)) return sameSides(operator, right);
  if (right.kind === 'unknown' && numeric(left)) return sameSides(operator, left);
  if (!numeric(left) || !numeric(right)) return undefined;
  const common = commonSuperType(left, right)!;
  return common.kind === 'decimal'
    ? onDecimals(operator, asDecimal(left)!, asDecimal(right)!)
    : onType(operator, common);
}

function ambiguous(): SqlError {
  const message = 'Could not choose a best candidate operator. Explicit type casts must be added.';
  return new SqlError('AMBIGUOUS_FUNCTION_CALL', message);
}

function sameSides(operator: Arithmetic, type: Type): ResolvedOperator {
  return type.kind === 'decimal' ? onDecimals(operator, type, type) : onType(operator, type);
}

/** Integers and floats: both sides and the result are of one type. DuckDB refuses overflow as Trino does. */
function onType(operator: Arithmetic, type: Type): ResolvedOperator {
  const float = type.kind === 'real' || type.kind === 'double';
  return {
    argumentTypes: [type, type],
    resultType: type,
    emit: ([a, b]) => {
      if (operator === '/') return float ? floatDivide(a!, b!, type) : guarded(a!, b!, (x) => `(${x} // ${b})`, type);
      if (operator === '%') return float ? floatRemainder(a!, b!, type) : guarded(a!, b!, (x) => `(${x} % ${b})`, type);
      return `(${a} ${operator} ${b})`;
    },
  };
}

/** DuckDB gives null for a division by zero, Trino an end. A constant other than zero needs no question. */
function guarded(dividend: string, divisor: string, result: (dividend: string) => string, type: Type): string {
  if (isNonZeroLiteral(divisor)) return result(dividend);
  return once(
    dividend,
    (x) => `CASE WHEN ${divisor} = 0 AND ${x} IS NOT NULL THEN ${divisionByZero(type)} ELSE ${result(x)} END`,
  );
}

function divisionByZero(type: Type): string {
  return failText('DIVISION_BY_ZERO', 'Division by zero', duckdbType(type));
}

function isNonZeroLiteral(sql: string): boolean {
  return /^(?:CAST\(){0,3}'?[-\d.]*[1-9][\d.]*'?(?: AS [A-Z]+(?:\(\d+, \d+\))?\)){0,3}$/.test(sql);
}

/** Floats divide by zero to infinity or NaN. */
function floatDivide(a: string, b: string, type: Type): string {
  if (isNonZeroLiteral(b)) return `(${a} / ${b})`;
  const cast = (text: string) => `CAST('${text}' AS ${duckdbType(type)})`;
  const negativeZero = `CAST(${b} AS VARCHAR) LIKE '-%'`;
  const sign = `CASE WHEN (${a} > 0) = (${negativeZero}) THEN ${cast('-Infinity')} ELSE ${cast('Infinity')} END`;
  return `CASE WHEN ${b} = 0 AND ${a} IS NOT NULL THEN CASE WHEN ${a} = 0 OR isnan(${a}) THEN ${cast('NaN')} ELSE ${sign} END ELSE ${a} / ${b} END`;
}

function floatRemainder(a: string, b: string, type: Type): string {
  if (isNonZeroLiteral(b)) return `(${a} % ${b})`;
  return `CASE WHEN ${b} = 0 AND ${a} IS NOT NULL THEN CAST('NaN' AS ${duckdbType(type)}) ELSE ${a} % ${b} END`;
}

function onDecimals(operator: Arithmetic, left: Decimal, right: Decimal): ResolvedOperator {
  const result = decimalResult(operator, left, right);
  return {
    argumentTypes: [left, right],
    resultType: result,
    emit: ([a, b]) => {
      switch (operator) {
        case '+':
        case '-':
          return addDecimals(operator, a!, b!, left, right, result);
        case '*':
          return multiplyDecimals(a!, b!, left, right, result);
        case '/':
          return once(b!, (divisor) =>
            guarded(a!, divisor, (x) => divideDecimals(x, divisor, left, right, result), result),
          );
        case '%':
          return once(b!, (divisor) => guarded(a!, divisor, (x) => remainder(x, divisor, left, right, result), result));
      }
    },
  };
}

/** Trino's rules for the precision and scale of a result. */
function decimalResult(operator: Arithmetic, left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  const whole = (type: Decimal) => type.precision - type.scale;
  switch (operator) {
    case '+':
    case '-':
      return decimal(Math.max(whole(left), whole(right)) + scale + 1, scale);
    case '*':
      return decimal(left.precision + right.precision, left.scale + right.scale);
    case '/':
      return decimal(left.precision + right.scale + Math.max(right.scale - left.scale, 0), scale);
    case '%':
      return decimal(Math.min(whole(left), whole(right)) + scale, scale);
  }
}

function decimal(precision: number, scale: number): Decimal {
  return { kind: 'decimal', precision: Math.min(38, Math.max(1, precision)), scale: Math.min(38, scale) };
}

/** DuckDB keeps sums of short decimals at 18 digits and refuses the 19th, so these are widened first. */
function addDecimals(
  operator: '+' | '-',
  a: string,
  b: string,
  left: Decimal,
  right: Decimal,
  result: Decimal,
): string {
  const longest = Math.max(left.precision, right.precision);
  if (result.precision <= 18 || longest > 18) return typed(`(${a} ${operator} ${b})`, result, natural(left, right));
  return typed(`(CAST(${a} AS DECIMAL(19, ${left.scale})) ${operator} ${b})`, result, undefined);
}

/** The precision that DuckDB gives a sum. */
function natural(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale);
  return Math.min(38, Math.max(left.precision - left.scale, right.precision - right.scale) + scale + 1);
}

function typed(sql: string, result: Decimal, precision: number | undefined): string {
  return precision === result.precision ? sql : `CAST(${sql} AS ${duckdbType(result)})`;
}

/**
 * DuckDB multiplies two decimals of up to 18 digits as 64-bit integers and refuses what does not fit; Trino goes on to
 * 38 digits. The short way is taken first, which most values fit, and the long way where it fails.
 */
function multiplyDecimals(a: string, b: string, left: Decimal, right: Decimal, result: Decimal): string {
  const longest = Math.max(left.precision, right.precision);
  if (left.precision + right.precision <= 18 || longest > 18) return `(${a} * ${b})`;
  return typed(`(CAST(${a} AS DECIMAL(19, ${left.scale})) * ${b})`, result, 19 + right.precision);
}

/**
 * HALF_UP at Trino's scale: one more digit is divided out as an integer, the cast to the scale then rounds it. Where
 * 38 digits do not hold the numbers on the way, an exact function does it.
 */
export function divideDecimals(a: string, b: string, left: Decimal, right: Decimal, result: Decimal): string {
  const shift = result.scale + right.scale + 1;
  const exact = `CAST(weir_divide(CAST(${a} AS VARCHAR), CAST(${b} AS VARCHAR), ${result.scale}) AS ${duckdbType(result)})`;
  if (shift + left.scale > 37 || right.precision + right.scale > 38) return exact;
  const fast = (x: string) => {
    const dividend = unscaled(x, left, shift);
    const divisor = unscaled(b, right, right.scale);
    const digits = `CAST(${dividend} // ${divisor} AS DECIMAL(38, 0))`;
    const scaled = `CAST(${digits} * ${tinyOne(result.scale + 1)} AS DECIMAL(38, ${result.scale + 1}))`;
    return `CAST(${scaled} AS ${duckdbType(result)})`;
  };
  if (left.precision + shift <= 37) return fast(a);
  const bound = `CAST('1${'0'.repeat(Math.max(0, 36 - shift - left.scale))}' AS DECIMAL(38, 0))`;
  return once(a, (x) => `CASE WHEN abs(${x}) < ${bound} THEN ${fast(x)} ELSE ${exact.replace(a, x)} END`);
}

/** A decimal times a power of ten, as an integer; at 38 digits from the start, else DuckDB stays at 18. */
function unscaled(sql: string, type: Decimal, shift: number): string {
  return `CAST(CAST(${sql} AS DECIMAL(38, ${type.scale})) * ${power(shift)} AS HUGEINT)`;
}

function power(digits: number): string {
  return `CAST('1${'0'.repeat(digits)}' AS DECIMAL(${digits + 1}, 0))`;
}

function tinyOne(scale: number): string {
  return `CAST('0.${'0'.repeat(scale - 1)}1' AS DECIMAL(${scale}, ${scale}))`;
}

function remainder(a: string, b: string, left: Decimal, right: Decimal, result: Decimal): string {
  const scale = Math.max(left.scale, right.scale);
  const wide = (type: Decimal) => Math.min(38, type.precision - type.scale + scale);
  const type = `DECIMAL(${Math.max(wide(left), wide(right))}, ${scale})`;
  return `CAST(CAST(${a} AS ${type}) % CAST(${b} AS ${type}) AS ${duckdbType(result)})`;
}
