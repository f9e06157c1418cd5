import { invalidArgument, native } from './udf.ts';

/** Trino's own limit. */
const MOST_ELEMENTS = 100_000;

/** All ways to take `size` of the places 1..count, in the order in which Trino lists them, as a DuckDB list text. */
function combinations(count: bigint, size: bigint): string {
  const n = Number(count);
  let ways = 1;
  for (let chosen = 0; chosen < Number(size); chosen += 1) ways = (ways * (n - chosen)) / (chosen + 1);
  if (ways * Number(size) > MOST_ELEMENTS) throw invalidArgument('combinations exceed max size');
  const found: number[][] = [];
  const extend = (chosen: readonly number[], limit: number): void => {
    if (chosen.length === Number(size)) {
      found.push([...chosen]);
      return;
    }
    for (let place = 1; place <= limit; place += 1) extend([place, ...chosen], place - 1);
  };
  extend([], n);
  found.sort(compareFromEnd);
  return `[${found.map((places) => `[${places.join(', ')}]`).join(', ')}]`;
}

function compareFromEnd(a: readonly number[], b: readonly number[]): number {
  for (let index = a.length - 1; index >= 0; index -= 1) {
    if (a[index] !== b[index]) return a[index]! - b[index]!;
  }
  return 0;
}

export const combinationNatives = [native('weir_combinations(BIGINT, BIGINT) VARCHAR', combinations)];
