/** Athena bills what a query scans, 10 MB at least: https://aws.amazon.com/athena/pricing/ */
export const DOLLARS_PER_TB = 5;
const LEAST_BYTES = 10_000_000;

/** Dollars that queries scanning these bytes cost, each billed for 10 MB at least (one that scans nothing, for nothing). */
export function scanCost(bytesPerQuery: readonly number[]): number {
  const billed = bytesPerQuery.reduce((sum, bytes) => sum + (bytes === 0 ? 0 : Math.max(bytes, LEAST_BYTES)), 0);
  return (billed / 1e12) * DOLLARS_PER_TB;
}

export function showDollars(dollars: number): string {
  return `$${dollars < 1 ? dollars.toFixed(4) : dollars.toFixed(2)}`;
}

export function showBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** Bytes from a flag: a number with an optional unit (kB, MB, GB, TB; powers of a thousand). */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kKmMgGtT]?)[bB]?$/.exec(text.trim());
  if (!match) return undefined;
  const power = ' kmgt'.indexOf(match[2]?.toLowerCase() || ' ');
  return Math.round(Number(match[1]) * 1000 ** power);
}
