import { once } from '../casts/once.ts';
import { SqlError } from '../sql.ts';
import { asDecimal, commonSuperType, duckdbType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { decimalsAreShort } from './decimal-mode.ts';
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
  if (decimalsAreShort() || result.precision <= 18) return `(${a} ${operator} ${b})`;
  const wide = longest > 18 ? a : `CAST(${a} AS DECIMAL(19, ${left.scale}))`;
  return `CAST((${wide} ${operator} ${b}) AS ${duckdbType(result)})`;
}

/** DuckDB multiplies two decimals of up to 18 digits as 64-bit integers and refuses what does not fit. */
function multiplyDecimals(a: string, b: string, left: Decimal, right: Decimal, result: Decimal): string {
  const longest = Math.max(left.precision, right.precision);
  if (decimalsAreShort() || left.precision + right.precision <= 18) return `(${a} * ${b})`;
  const wide = longest > 18 ? a : `CAST(${a} AS DECIMAL(19, ${left.scale}))`;
  return `CAST((${wide} * ${b}) AS ${duckdbType(result)})`;
}

/**
 * HALF_UP at Trino's scale: one more digit is divided out as an integer, the cast to the scale then rounds it. Values
 * that fit go through 64-bit integers, others through 128-bit ones (eighty times as slow, measured), and where 38
 * digits do not hold the numbers on the way, an exact function does it.
 */
export function divideDecimals(a: string, b: string, left: Decimal, right: Decimal, result: Decimal): string {
  const shift = result.scale + right.scale + 1;
  return once(a, (x) => {
    const ways: string[] = [];
    const [most, divisor] = [18 - shift - left.scale, 18 - 2 * right.scale];
    if (most >= 1 && divisor >= 1) {
      const fits = `${within(x, most)} AND ${within(b, divisor)}`;
      ways.push(`WHEN ${fits} THEN ${divideIntegers(x, b, left, right, result, 18)}`);
    }
    const longMost = 37 - shift - left.scale;
    if (longMost >= 1 && right.precision + right.scale <= 38) {
      ways.push(`WHEN ${within(x, longMost)} THEN ${divideIntegers(x, b, left, right, result, 38)}`);
    }
    const text = (sql: string) => `CAST(${sql} AS VARCHAR)`;
    const exact = `CAST(weir_divide(${text(x)}, ${text(b)}, ${result.scale}) AS ${duckdbType(result)})`;
    return ways.length === 0 ? exact : `CASE ${ways.join(' ')} ELSE ${exact} END`;
  });
}

/** Whether a decimal has at most so many digits before its point. */
function within(x: string, digits: number): string {
  const bound = `1${'0'.repeat(digits)}`;
  return `${x} BETWEEN -${bound} AND ${bound}`;
}

function divideIntegers(a: string, b: string, left: Decimal, right: Decimal, result: Decimal, width: 18 | 38): string {
  const shift = result.scale + right.scale + 1;
  const integer = width === 18 ? 'BIGINT' : 'HUGEINT';
  const unscaled = (sql: string, type: Decimal, digits: number) =>
    `CAST(CAST(${sql} AS DECIMAL(${width}, ${type.scale})) * ${power(digits)} AS ${integer})`;
  const quotient = `${unscaled(a, left, shift)} // ${unscaled(b, right, right.scale)}`;
  const scale = result.scale + 1;
  const point = `CAST('0.${'0'.repeat(scale - 1)}1' AS DECIMAL(${scale}, ${scale}))`;
  return `CAST(CAST(${quotient} AS DECIMAL(${width}, 0)) * ${point} AS ${duckdbType(result)})`;
}

function power(digits: number): string {
  return `CAST('1${'0'.repeat(digits)}' AS DECIMAL(${digits + 1}, 0))`;
}

function remainder(a: string, b: string, left: Decimal, right: Decimal, result: Decimal): string {
  const scale = Math.max(left.scale, right.scale);
  const wide = (type: Decimal) => Math.min(38, type.precision - type.scale + scale);
  const type = `DECIMAL(${Math.max(wide(left), wide(right))}, ${scale})`;
  return `CAST(CAST(${a} AS ${type}) % CAST(${b} AS ${type}) AS ${duckdbType(result)})`;
}
