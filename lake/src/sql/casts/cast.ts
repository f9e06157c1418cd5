import { duckdbType, quoteText, sameType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { castFromJson, castToJson } from './json.ts';
import { castNested } from './nested.ts';
import { castToBoolean, castToDecimal, castToFloat, castToInteger } from './number.ts';
import { once } from './once.ts';
import { castToChar, castToVarchar } from './string.ts';
import { castToDate, castToTime, castToTimestamp } from './time.ts';
import { emitTry } from './try.ts';

export { canCast } from './exists.ts';
export { emitTry } from './try.ts';

export interface CastOptions {
  /** TRY_CAST: null for a value that cannot be cast. */
  readonly safe?: boolean | undefined;
}

/**
 * The DuckDB text that turns a value of one type into another as Trino does, with Trino's error name where a value
 * does not fit. The cast must exist (`canCast`).
 */
export function emitCast(sql: string, from: Type, to: Type, options: CastOptions = {}): string {
  const safe = options.safe ?? false;
  if (from.kind === 'unknown') return `CAST(${sql === 'NULL' ? 'NULL' : sql} AS ${duckdbType(to)})`;
  if (sameType(from, to)) return sql;
  if (to.kind === 'json') return castToJson(sql, from);
  if (from.kind === 'json') return safely(castFromJson(sql, to), safe);
  switch (to.kind) {
    case 'boolean':
      return castToBoolean(sql, from, safe);
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return castToInteger(sql, from, to, safe);
    case 'real':
    case 'double':
      return castToFloat(sql, from, to, safe);
    case 'decimal':
      return castToDecimal(sql, from, to, safe);
    case 'varchar':
      return castToVarchar(sql, from, to, safe);
    case 'char':
      return castToChar(sql, from, to, safe);
    case 'date':
      return castToDate(sql, from, safe);
    case 'time':
      return castToTime(sql, from, to, safe);
    case 'timestamp':
      return castToTimestamp(sql, from, to, safe);
    case 'array':
    case 'map':
    case 'row':
      return safely(castNested(sql, from, to), safe);
    default:
      return safely(castOther(sql, from, to), safe);
  }
}

function safely(sql: string, safe: boolean): string {
  return safe ? emitTry(sql) : sql;
}

function castOther(sql: string, from: Type, to: Type): string {
  if (to.kind === 'varbinary') {
    if (from.kind === 'uuid') return `unhex(replace(CAST(${sql} AS VARCHAR), '-', ''))`;
    return from.kind === 'varchar' || from.kind === 'char' ? `encode(${sql})` : sql;
  }
  if (to.kind === 'uuid') {
    if (from.kind === 'varbinary') return `CAST(lower(hex(${sql})) AS UUID)`;
    return once(sql, (x) => `CAST(weir_uuid(${x}) AS UUID)`);
  }
  if (to.kind === 'ipaddress') return from.kind === 'varbinary' ? sql : `weir_ipaddress(${sql})`;
  return `CAST(${sql} AS ${duckdbType(to)})`;
}

/** A DuckDB text literal. */
export const literal = quoteText;
