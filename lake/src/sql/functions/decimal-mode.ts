import { AsyncLocalStorage } from 'node:async_hooks';

const short = new AsyncLocalStorage<boolean>();

/** Whether sums and products of decimals may stay at 18 digits while the current statement is compiled. */
export function decimalsAreShort(): boolean {
  return short.getStore() ?? false;
}

/**
 * Runs a statement with decimals kept at 18 digits, where DuckDB computes with 64-bit integers (thirty times as fast,
 * measured) and refuses what does not fit; a statement that is refused for it runs again with Trino's 38 digits.
 */
export async function withShortDecimals<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await short.run(true, run);
  } catch (error) {
    if (!isShortOverflow(error)) throw error;
    return run();
  }
}

function isShortOverflow(error: unknown): boolean {
  return error instanceof Error && /Overflow in \w+ of DECIMAL\(18\)/.test(error.message);
}
