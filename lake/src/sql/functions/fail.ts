import { quoteText } from '../types/index.ts';

/**
 * A DuckDB expression that ends the statement with Trino's error. DuckDB's own error() counts as volatile, and TRY
 * takes no volatile function. `message` is DuckDB text, `type` the DuckDB type that the place asks for.
 */
export function failWith(code: string, message: string, type: string): string {
  return `CAST(weir_fail(${quoteText(code)}, coalesce(${message}, 'null')) AS ${type})`;
}

/** As `failWith` with a fixed message. */
export function failText(code: string, message: string, type: string): string {
  return `CAST(weir_fail(${quoteText(code)}, ${quoteText(message)}) AS ${type})`;
}
