import { bytesRead, mostPartitions, type PlannedWork, type SourceObject, sourceBytes } from '../../core/load/index.ts';
import { partitionName } from '../../core/partition/index.ts';
import type { Discovery } from './discover.ts';

/** Mode files under a byte cap: what loading objects reads besides themselves, and how many of them there is room for. */

/** What a run may still read; its tables, side by side, share it. */
export interface Budget {
  left: number;
}

/** Takes bytes before they are read; false where there are not so many left. */
export function reserve(budget: Budget, bytes: number): boolean {
  if (bytes > budget.left) return false;
  budget.left -= bytes;
  return true;
}

/** What loading an object alone reads, and the partition that is the most of it. */
export interface Weight {
  readonly bytes: number;
  readonly partition?: string;
}

/** Objects as they can be loaded: those of a batch, and those that have to come with them. */
export interface Choice {
  readonly objects: readonly SourceObject[];
  readonly work: readonly PlannedWork[];
}

/** What the statements of a choice read. Partitions that wait are not made. */
export function costOf({ table }: Discovery, work: readonly PlannedWork[]): number {
  return bytesRead(
    work.filter((each) => each.changed.length === 0),
    mostPartitions(table),
  );
}

/** Takes what fits into the bytes that are left, in their order: a small object goes on where a heavy one does not fit. */
export function fitting(
  discovery: Discovery,
  left: number,
  batch: readonly SourceObject[],
  choose: (objects: readonly SourceObject[]) => Choice,
): Choice | undefined {
  let fits: Choice | undefined;
  for (const object of batch) {
    if (fits?.objects.includes(object)) continue;
    const more = choose([...(fits?.objects ?? []), object]);
    if (costOf(discovery, more.work) <= left) fits = more;
  }
  return fits;
}

/** Each object is read once more than its partitions say: to see where its rows go. */
export function weightOf(discovery: Discovery, { objects, work }: Choice): Weight {
  const bytes = costOf(discovery, work) + sourceBytes({ objects, upstream: [] });
  const heavy = work.toSorted((a, b) => costOf(discovery, [b]) - costOf(discovery, [a]))[0];
  return { bytes, ...(heavy && { partition: partitionName(discovery.table.partitions, heavy.values) }) };
}

/** What is to be said of objects that no run with such a cap could load; `named` names some of them. */
export function heavyLines(
  over: ReadonlyMap<string, Weight>,
  room: number,
  named: (keys: readonly string[]) => string,
): readonly string[] {
  const heavy = [...over].filter(([, { bytes }]) => bytes > room);
  const partitions = [...new Set(heavy.map(([, { partition }]) => partition))];
  return partitions.map((partition) => {
    const group = heavy.filter(([, weight]) => weight.partition === partition);
    const bytes = Math.max(...group.map(([, weight]) => weight.bytes));
    const held = partition === undefined ? '' : ` with what partition ${partition} is made of besides`;
    const keys = group.map(([key]) => key);
    const those = keys.length > 1 ? `each of ${named(keys)}` : named(keys);
    return `loading ${those} reads ${bytes} bytes${held}, the byte cap leaves ${room}: raise it with --max-bytes`;
  });
}
