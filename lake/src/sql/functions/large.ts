import { failText } from './fail.ts';

/**
 * The longest text or bytes that one call makes out of little. DuckDB works on 2,048 rows at a time, outside of its memory
 * limit: what Trino would build row by row (up to 2 GB each) could take the machine with it here.
 */
export const LONGEST_MADE = 1_048_576;

export function largeMessage(name: string): string {
  return `NotImplemented: a result of ${name} longer than ${LONGEST_MADE} is not implemented in the local lake`;
}

/** A DuckDB expression that ends the statement because a call would make too much. */
export function refuseLarge(name: string, type: string): string {
  return failText('NOT_SUPPORTED', largeMessage(name), type);
}
