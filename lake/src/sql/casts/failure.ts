import { SqlError } from '../sql.ts';

/** What a failure of DuckDB while it runs an emitted statement means in Trino's words. */
export function runtimeError(message: string): SqlError {
  return new SqlError('GENERIC_INTERNAL_ERROR', message);
}
