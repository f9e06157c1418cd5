/** Athena bills what a query scans, 10 MB at least: https://aws.amazon.com/athena/pricing/ */
const DOLLARS_PER_TB = 5;
const LEAST_BYTES = 10_000_000;

/** Dollars that queries scanning these bytes cost, each billed for 10 MB at least (one that scans nothing, for nothing). */
export function scanCost(bytesPerQuery: readonly number[]): number {
  const billed = bytesPerQuery.reduce((sum, bytes) => sum + (bytes === 0 ? 0 : Math.max(bytes, LEAST_BYTES)), 0);
  return (billed / 1e12) * DOLLARS_PER_TB;
}

/** The same for `queries` that scan `bytes` together, as evenly as may be. */
export function evenScanCost(bytes: number, queries: number): number {
  return (Math.max(bytes, queries * LEAST_BYTES) / 1e12) * DOLLARS_PER_TB;
}

/** Bytes from a flag: a number with an optional unit (kB, MB, GB, TB; powers of a thousand). */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kKmMgGtT]?)[bB]?$/.exec(text.trim());
  if (!match) return undefined;
  const power = ' kmgt'.indexOf(match[2]?.toLowerCase() || ' ');
  return Math.round(Number(match[1]) * 1000 ** power);
}
