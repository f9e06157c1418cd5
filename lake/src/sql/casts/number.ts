import { failWith } from '../functions/fail.ts';
import { duckdbType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { once } from './once.ts';
import { emitText } from './text.ts';

type Decimal = Extract<Type, { kind: 'decimal' }>;

const castFailure = 'INVALID_CAST_ARGUMENT';
const rangeFailure = 'NUMERIC_VALUE_OUT_OF_RANGE';

function isInteger(type: Type): boolean {
  return type.kind === 'tinyint' || type.kind === 'smallint' || type.kind === 'integer' || type.kind === 'bigint';
}

function isFloat(type: Type): boolean {
  return type.kind === 'real' || type.kind === 'double';
}

/** Null where `safe`, else the end of the statement. */
function orFail(safe: boolean, code: string, message: string, type: string): string {
  return safe ? 'NULL' : failWith(code, message, type);
}

export function castToBoolean(sql: string, from: Type, safe: boolean): string {
  if (from.kind !== 'varchar' && from.kind !== 'char') return `CAST(${sql} AS BOOLEAN)`;
  return once(sql, (x) => {
    const otherwise = orFail(safe, castFailure, `'Cannot cast ''' || ${x} || ''' to BOOLEAN'`, 'BOOLEAN');
    return `CASE WHEN lower(${x}) IN ('true', 't', '1') THEN true WHEN lower(${x}) IN ('false', 'f', '0') THEN false WHEN ${x} IS NOT NULL THEN ${otherwise} END`;
  });
}

const integerNames: Readonly<Record<string, string>> = {
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  integer: 'INT',
  bigint: 'BIGINT',
};

export function castToInteger(sql: string, from: Type, to: Type, safe: boolean): string {
  const type = duckdbType(to);
  if (from.kind === 'varchar' || from.kind === 'char') return once(sql, (x) => textToInteger(x, to, safe));
  if (from.kind === 'boolean' || (isInteger(from) && widens(from, to))) return `CAST(${sql} AS ${type})`;
  if (isFloat(from)) return once(sql, (x) => floatToInteger(x, from, to, safe));
  if (safe) return `TRY_CAST(${sql} AS ${type})`;
  return once(sql, (x) => {
    const range = from.kind === 'decimal' ? castFailure : rangeFailure;
    const message =
      from.kind === 'decimal'
        ? `'Cannot cast ''' || ${emitText(x, from)} || ''' to ${integerNames[to.kind]}'`
        : `'Out of range for ${to.kind}: ' || CAST(${x} AS VARCHAR)`;
    return `CASE WHEN ${x} IS NOT NULL THEN coalesce(TRY_CAST(${x} AS ${type}), ${failWith(range, message, type)}) END`;
  });
}

function widens(from: Type, to: Type): boolean {
  const order = ['tinyint', 'smallint', 'integer', 'bigint'];
  return order.indexOf(from.kind) <= order.indexOf(to.kind);
}

/**
 * DuckDB takes more than Trino (`1.5`, `1e2`, `0x1A`, `1_000`): a value that does not read back as its own text is
 * looked at again. Most values do, which makes this the cheapest guard (measured: half the price of a pattern).
 */
function textToInteger(x: string, to: Type, safe: boolean): string {
  const type = duckdbType(to);
  const value = `TRY_CAST(${x} AS ${type})`;
  const strict = `regexp_full_match(${x}, '[\\x00-\\x20]*[+-]?[0-9]+[\\x00-\\x20]*') AND ${value} IS NOT NULL`;
  const message = `'Cannot cast ''' || ${x} || ''' to ${integerNames[to.kind]}'`;
  const failure = safe ? '' : ` WHEN ${x} IS NOT NULL THEN ${failWith(castFailure, message, type)}`;
  return `CASE WHEN CAST(${value} AS VARCHAR) = ${x} THEN ${value} WHEN ${strict} THEN ${value}${failure} END`;
}

/** Halves go away from zero (DuckDB's own cast rounds them to even). */
function floatToInteger(x: string, from: Type, to: Type, safe: boolean): string {
  const type = duckdbType(to);
  const nan = orFail(safe, castFailure, `'Cannot cast ${from.kind} NaN to ${to.kind}'`, type);
  const text = emitText(x, from);
  const outside =
    to.kind === 'bigint'
      ? orFail(safe, castFailure, `'Unable to cast ' || ${text} || ' to bigint'`, type)
      : orFail(safe, rangeFailure, `'Out of range for ${to.kind}: ' || ${text}`, type);
  const rounded = `CASE WHEN isfinite(${x}) THEN round(${x}) END`;
  return `CASE WHEN isnan(${x}) THEN ${nan} WHEN ${x} IS NOT NULL THEN coalesce(TRY_CAST(${rounded} AS ${type}), ${outside}) END`;
}

export function castToFloat(sql: string, from: Type, to: Type, safe: boolean): string {
  const type = duckdbType(to);
  if (from.kind === 'double' && to.kind === 'real') return once(sql, doubleToReal);
  if (from.kind !== 'varchar' && from.kind !== 'char') return `CAST(${sql} AS ${type})`;
  return once(sql, (x) => {
    const value = `TRY_CAST(${x} AS ${type})`;
    const parsed = `weir_parse_double(${x})`;
    const other = to.kind === 'real' ? doubleToReal(parsed) : parsed;
    const message = `'Cannot cast ''' || ${x} || ''' to ${to.kind.toUpperCase()}'`;
    const slow = safe ? other : `coalesce(${other}, ${failWith(castFailure, message, type)})`;
    // DuckDB also reads 1_000, inf and nan; what it does not read may still be Java's
    return `CASE WHEN isfinite(${value}) AND NOT contains(${x}, '_') THEN ${value} WHEN ${x} IS NOT NULL THEN ${slow} END`;
  });
}

/** What is too large for a real is infinite. */
function doubleToReal(x: string): string {
  const infinite = `CASE WHEN ${x} < 0 THEN CAST('-Infinity' AS FLOAT) ELSE CAST('Infinity' AS FLOAT) END`;
  return `CASE WHEN isfinite(${x}) AND abs(${x}) >= 3.4028235677973366e38 THEN ${infinite} ELSE CAST(${x} AS FLOAT) END`;
}

export function castToDecimal(sql: string, from: Type, to: Decimal, safe: boolean): string {
  const type = duckdbType(to);
  if (from.kind === 'varchar' || from.kind === 'char') return once(sql, (x) => textToDecimal(x, to, safe));
  if (from.kind === 'decimal' && to.precision - to.scale >= from.precision - from.scale && to.scale >= from.scale) {
    return `CAST(${sql} AS ${type})`;
  }
  // the shortest text of a double is what Trino rounds, not its binary value
  const source = (x: string) => (isFloat(from) ? `CAST(${x} AS VARCHAR)` : x);
  if (safe) return `TRY_CAST(${source(sql)} AS ${type})`;
  if (from.kind === 'boolean') return `CAST(CAST(${sql} AS INTEGER) AS ${type})`;
  return once(sql, (x) => {
    const message = `'Cannot cast ${sourceName(from)} ''' || ${emitText(x, from)} || ''' to DECIMAL(${to.precision}, ${to.scale})'`;
    const failure = failWith(castFailure, message, type);
    return `CASE WHEN ${x} IS NOT NULL THEN coalesce(TRY_CAST(${source(x)} AS ${type}), ${failure}) END`;
  });
}

function sourceName(from: Type): string {
  return from.kind === 'decimal' ? `DECIMAL(${from.precision}, ${from.scale})` : from.kind.toUpperCase();
}

/** Trino takes no blanks and no underscores, DuckDB does; a value that reads back as its own text has none. */
function textToDecimal(x: string, to: Decimal, safe: boolean): string {
  const type = duckdbType(to);
  const value = `TRY_CAST(${x} AS ${type})`;
  const target = `DECIMAL(${to.precision}, ${to.scale})`;
  const pattern = `regexp_full_match(${x}, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?')`;
  const reason = `CASE WHEN ${pattern} THEN '. Value too large.' ELSE '. Value is not a number.' END`;
  const message = `'Cannot cast VARCHAR ''' || ${x} || ''' to ${target}' || ${reason}`;
  const failure = safe ? '' : ` WHEN ${x} IS NOT NULL THEN ${failWith(castFailure, message, type)}`;
  return `CASE WHEN CAST(${value} AS VARCHAR) = ${x} THEN ${value} WHEN ${pattern} AND ${value} IS NOT NULL THEN ${value}${failure} END`;
}
