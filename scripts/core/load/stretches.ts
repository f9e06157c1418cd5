import {
  addDays,
  type Day,
  type DayRange,
  daysBetween,
  EARLIEST,
  type Granularity,
  periodOf,
} from '../partition/index.ts';
import { plural } from '../render/text.ts';
import type { DatedSources } from './due.ts';
import type { Sources } from './fingerprint.ts';

/**
 * Which days are looked at where no first day is said, so that it is found in what is there: one folder of the year 1 must
 * not make a load look at 740,000 days, nor keep the true ones from being loaded.
 */

/** Longer without anything is no gap between deliveries: what is before it is dated wrongly, or is of another time. */
const LONGEST_GAP_DAYS = 366;

/** True for days between two sources that one statement should not reach over. */
export function isLongGap({ from, to }: DayRange): boolean {
  return daysBetween(from, to) + 1 > LONGEST_GAP_DAYS;
}

type Dated = DatedSources['periods'][number];

/** The sources without those of days that no lake has data of, and these. */
export function withoutEarly(all: readonly DatedSources[]): {
  readonly dated: readonly DatedSources[];
  readonly early: readonly Dated[];
} {
  const isEarly = ({ from }: DayRange): boolean => from < EARLIEST;
  return {
    dated: all.map(({ table, periods }) => ({ table, periods: periods.filter((each) => !isEarly(each)) })),
    early: all.flatMap(({ periods }) => periods.filter(isEarly)),
  };
}

/** A range without the long gaps in it, in whole periods: `known` are the days of sources and partitions. */
export function stretchesOf(
  range: DayRange,
  known: readonly DayRange[],
  granularity: Granularity,
): readonly DayRange[] {
  const found: { from: Day; to: Day }[] = [];
  const days = known.filter((each) => each.to >= range.from && each.from <= range.to);
  for (const { from, to } of days.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = found.at(-1);
    if (last !== undefined && !isLongGap({ from: addDays(last.to, 1), to: addDays(from, -1) })) {
      if (to > last.to) last.to = to;
    } else found.push({ from, to });
  }
  const last = found.at(-1);
  if (last !== undefined && !isLongGap({ from: addDays(last.to, 1), to: range.to })) last.to = range.to;
  return found.map(({ from, to }) => {
    const [first, end] = [periodOf(from, granularity).from, periodOf(to, granularity).to];
    return { from: first > range.from ? first : range.from, to: end < range.to ? end : range.to };
  });
}

/** What is to be said of sources and days that are left out. */
export function leftOut(
  early: readonly Dated[],
  stretches: readonly DayRange[],
  dated: readonly DatedSources[],
): readonly string[] {
  const said: string[] = [];
  const [first] = early;
  if (first !== undefined) {
    const what = `${plural(early.length, 'day')} of sources before ${EARLIEST} left out`;
    said.push(`${what}, for instance ${nameOf(first.sources)} (${first.from}): move it to its day, ${OR_SAY}`);
  }
  const gaps = stretches.slice(1).map((stretch, index) => [stretches[index]!, stretch] as const);
  const [gap] = gaps;
  if (gap !== undefined) {
    const [before, after] = gap;
    const periods = dated.flatMap((each) => each.periods);
    const last = periods.find((each) => each.from >= before.from && each.from <= before.to);
    const days = `nothing is there from ${addDays(before.to, 1)} to ${addDays(after.from, -1)}`;
    const more = gaps.length > 1 ? ` (and in ${plural(gaps.length - 1, 'other gap')})` : '';
    const named = last === undefined ? before.from : `${nameOf(last.sources)} (${last.from})`;
    said.push(`${days}, so these days are not looked at${more}: if ${named} is dated wrongly, move it, ${OR_SAY}`);
  }
  return said;
}

const OR_SAY = 'or say the first day in table.yaml (load: start)';

function nameOf({ objects, upstream }: Sources): string {
  const [load] = upstream;
  return objects[0]?.key ?? (load === undefined ? '' : `${load.table} ${load.partition.join('/')}`);
}
