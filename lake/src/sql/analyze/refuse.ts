import type { Place } from '../ast.ts';
import { SqlError } from '../sql.ts';

/** A refusal as Trino words it; the place stands in the message too. */
export function refuse(code: string, at: Place | undefined, message: string): SqlError {
  if (!at) return new SqlError(code, message);
  return new SqlError(code, `line ${at.line}:${at.column}: ${message}`, at.line, at.column);
}

export function notSupported(what: string, at?: Place): SqlError {
  return refuse('NOT_SUPPORTED', at, `${what} is not supported`);
}
