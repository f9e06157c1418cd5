import { addDays, type DayRange } from './days.ts';

/** Athena writes at most 100 partitions a CTAS (HIVE_TOO_MANY_OPEN_PARTITIONS above). */
export const MOST_WRITERS = 100;

export interface Unit extends DayRange {
  readonly bytes: number;
}

export interface Group<T extends Unit> extends DayRange {
  readonly units: readonly T[];
  /** True if days between the first and the last one are not to be loaded, so that the statement must filter. */
  readonly gaps: boolean;
}

export interface GroupLimits {
  readonly most?: number;
  /** A group reads no more bytes than this (one unit may). */
  readonly mostBytes?: number;
  /** How many bytes a range of days between two units would be scanned for nothing. */
  readonly between?: (range: DayRange) => number;
  /** Scanned for nothing rather than starting one more query; Athena bills 10 MB at least for each. */
  readonly worth?: number;
}

/**
 * The units (in order of time) in as few groups as the limits allow: each one statement over one range of days. Groups
 * are filled evenly, so that 122 days are 61 + 61, not 100 + 22.
 */
export function group<T extends Unit>(units: readonly T[], limits: GroupLimits = {}): readonly Group<T>[] {
  const { most = MOST_WRITERS, mostBytes = Number.POSITIVE_INFINITY } = limits;
  return runsOf(units, limits).flatMap((run) => {
    const size = Math.ceil(run.length / Math.ceil(run.length / most));
    return chunks(run, size, mostBytes).map((chunk) => ({
      units: chunk,
      from: chunk[0]!.from,
      to: chunk.at(-1)!.to,
      gaps: chunk.some((unit, index) => index > 0 && !follows(chunk[index - 1]!, unit)),
    }));
  });
}

function runsOf<T extends Unit>(units: readonly T[], limits: GroupLimits): readonly (readonly T[])[] {
  const runs: T[][] = [];
  for (const unit of units) {
    const before = runs.at(-1)?.at(-1);
    if (before && joins(before, unit, limits)) runs.at(-1)!.push(unit);
    else runs.push([unit]);
  }
  return runs;
}

function joins(before: Unit, after: Unit, limits: GroupLimits): boolean {
  if (follows(before, after)) return true;
  const between = limits.between?.({ from: addDays(before.to, 1), to: addDays(after.from, -1) }) ?? 0;
  return between <= (limits.worth ?? 10_000_000);
}

function chunks<T extends Unit>(run: readonly T[], size: number, mostBytes: number): readonly (readonly T[])[] {
  const out: T[][] = [];
  let bytes = 0;
  for (const unit of run) {
    const last = out.at(-1);
    if (last && last.length < size && bytes + unit.bytes <= mostBytes) {
      last.push(unit);
      bytes += unit.bytes;
    } else {
      out.push([unit]);
      bytes = unit.bytes;
    }
  }
  return out;
}

function follows(before: DayRange, after: DayRange): boolean {
  return addDays(before.to, 1) === after.from;
}
