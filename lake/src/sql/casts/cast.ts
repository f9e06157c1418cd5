import { duckdbType, sameType } from '../types/index.ts';
import type { Type } from '../types.ts';

/** Whether CAST(x AS to) exists at all; where not, Trino says TYPE_MISMATCH `Cannot cast date to integer`. */
export function canCast(_from: Type, _to: Type): boolean {
  return true;
}

/** The DuckDB text that turns a value of one type into another as Trino does; `safe` is TRY_CAST: null for a failure. */
export function emitCast(sql: string, from: Type, to: Type, options: { readonly safe?: boolean } = {}): string {
  if (sameType(from, to)) return sql;
  return `${options.safe ? 'TRY_CAST' : 'CAST'}(${sql} AS ${duckdbType(to)})`;
}
