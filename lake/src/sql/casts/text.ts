import type { Type } from '../types.ts';

/** A DuckDB VARCHAR expression: the text that a result file shows for a value (null stays null). */
export function emitText(sql: string, _type: Type): string {
  return `CAST(${sql} AS VARCHAR)`;
}
