/** Athena bills what a query scans, at least 10 MB a query: https://aws.amazon.com/athena/pricing/ */
const USD_PER_TB = 5;
const LEAST_BYTES = 10_000_000;
const TB = 1_000_000_000_000;

/** Dollars for `queries` that scan `bytes` together, as evenly as may be. */
export function scanCost(bytes: number, queries: number): number {
  return (Math.max(bytes, queries * LEAST_BYTES) / TB) * USD_PER_TB;
}
