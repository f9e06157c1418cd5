import { addDays, type Day, type DayRange, overlaps, periods, tableGranularity, valuesOf } from '../partition/index.ts';
import { fingerprint, joinSources, type Sources, sourceBytes } from './fingerprint.ts';
import type { LoadedTable } from './graph.ts';
import type { LedgerEntry } from './ledger.ts';

/** The sources of one table that a load reads, by the days that they are for. */
export interface DatedSources {
  readonly table: string;
  readonly periods: readonly (DayRange & { readonly sources: Sources })[];
}

export type UnitState =
  /** To be loaded now, and why. */
  | { readonly kind: 'due'; readonly reason: 'new' | 'changed' | 'asked' }
  | { readonly kind: 'loaded' }
  /** Loaded by another definition: reloaded by a backfill, never by itself. */
  | { readonly kind: 'stale' }
  /** Rolled back: not loaded until it is released. */
  | { readonly kind: 'held'; readonly reason: string }
  /** These sources have nothing for it yet. */
  | { readonly kind: 'waiting'; readonly missing: readonly string[] };

/** One partition (mode partitions) or the whole table (mode replace) with what it is made of. */
export interface LoadUnit extends DayRange {
  readonly values: readonly string[];
  readonly sources: Sources;
  readonly fingerprint: string;
  readonly bytes: number;
  readonly state: UnitState;
}

/** What a run was asked to load. */
export interface Asked {
  /** Given by the user: these days are reloaded even if they are loaded already. */
  readonly range: { readonly from: Day | undefined; readonly to: Day | undefined } | undefined;
  readonly yesterday: Day;
  /** A backfill: days of the range to leave alone, and since when a load counts as its own. */
  readonly backfill?: Resumed;
}

/** What is left to a backfill that is run again. */
export interface Resumed {
  readonly except: readonly DayRange[];
  /** What was loaded since (as the ledger's times are written), from the sources and by the definition of now, is done. */
  readonly since: string;
}

/** True for what a backfill leaves alone: every day of it is among its exceptions. */
export function isExcepted(days: DayRange, except: readonly DayRange[]): boolean {
  let from = days.from;
  for (const range of except.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    if (range.from <= from && range.to >= from) from = addDays(range.to, 1);
  }
  return from > days.to;
}

/** The days that a run looks at: what is asked for, else everything from the load's start to yesterday. */
export function rangeOf(table: LoadedTable, asked: Asked, earliest: Day | undefined): DayRange | undefined {
  const granularity = tableGranularity(table.partitions);
  if (granularity === undefined) return undefined;
  const from = asked.range?.from ?? table.load.start ?? earliest;
  const to = asked.range?.to ?? asked.yesterday;
  if (from === undefined || from > to) return undefined;
  const whole = periods({ from, to: from }, granularity)[0];
  const last = periods({ from: to, to }, granularity)[0];
  if (!whole || !last) return undefined;
  // A partition coarser than a day is loaded whole, but without days that are not over, unless they are asked for.
  const bound = to < asked.yesterday ? asked.yesterday : to;
  return { from: whole.from, to: last.to < bound ? last.to : bound };
}

/** Every partition of the range with its state. */
export function unitsOf(
  table: LoadedTable,
  range: DayRange,
  found: {
    readonly dated: readonly DatedSources[];
    readonly ledger: ReadonlyMap<string, LedgerEntry>;
    /** The partitions that the catalog has, by unitKey. */
    readonly existing?: { has(key: string): boolean };
    readonly definition: string;
    readonly asked: boolean;
    readonly backfill?: Resumed | undefined;
  },
): readonly LoadUnit[] {
  const granularity = tableGranularity(table.partitions);
  if (granularity === undefined) return [];
  const lookup = found.dated.map((each) => ({ table: each.table, of: sourcesByDay(each) }));
  const { backfill } = found;
  return periods(range, granularity).flatMap((period): LoadUnit[] => {
    if (backfill !== undefined && isExcepted(period, backfill.except)) return [];
    const days = { from: period.from, to: period.to < range.to ? period.to : range.to };
    const each = lookup.map((source) => ({ table: source.table, sources: source.of(days) }));
    const missing = each.filter(({ sources }) => isEmpty(sources)).map((source) => source.table);
    const sources = joinSources(each.map((source) => source.sources));
    const values = valuesOf(table.partitions, period.from) ?? [];
    const print = fingerprint(sources);
    const entry = found.ledger.get(unitKey(values));
    const exists = found.existing?.has(unitKey(values)) ?? false;
    const state = stateOf({
      missing,
      print,
      entry,
      definition: found.definition,
      asked: found.asked,
      since: backfill?.since,
      exists,
    });
    return [{ ...days, values, sources, fingerprint: print, bytes: sourceBytes(sources), state }];
  });
}

/** Where a unit stands. What is held stays so unless it was asked for, and nothing is due without its sources. */
export function stateOf(unit: {
  readonly missing: readonly string[];
  readonly print: string;
  readonly entry: LedgerEntry | undefined;
  readonly definition: string;
  readonly asked: boolean;
  /** What was asked for is done if it was loaded since. */
  readonly since?: string | undefined;
  /** There is something already, whoever wrote it. */
  readonly exists?: boolean;
}): UnitState {
  if (unit.entry?.held !== undefined && !unit.asked) return { kind: 'held', reason: unit.entry.held };
  if (unit.missing.length > 0) return { kind: 'waiting', missing: unit.missing };
  if (unit.asked && !isDone(unit)) return { kind: 'due', reason: 'asked' };
  // What another program loaded before Weir is taken as it is.
  if (unit.entry === undefined) return unit.exists ? { kind: 'loaded' } : { kind: 'due', reason: 'new' };
  if (unit.entry.fingerprint !== unit.print) return { kind: 'due', reason: 'changed' };
  return unit.entry.definition === unit.definition ? { kind: 'loaded' } : { kind: 'stale' };
}

function isDone({ entry, print, definition, since }: Parameters<typeof stateOf>[0]): boolean {
  if (since === undefined || entry === undefined || entry.held !== undefined) return false;
  return entry.time >= since && entry.fingerprint === print && entry.definition === definition;
}

/** Partition values as the key of a map. */
export function unitKey(values: readonly string[]): string {
  return JSON.stringify(values);
}

/** True if there is nothing to load from. */
export function isEmpty(sources: Sources): boolean {
  return sources.objects.length === 0 && sources.upstream.length === 0;
}

/** Finds what overlaps a range; where every source is of one day, without looking at all of them for every unit. */
function sourcesByDay(dated: DatedSources): (days: DayRange) => Sources {
  const sorted = dated.periods.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const hasLonger = sorted.some((each) => each.from !== each.to);
  const byDay = new Map<Day, Sources[]>();
  if (!hasLonger) for (const each of sorted) byDay.set(each.from, [...(byDay.get(each.from) ?? []), each.sources]);
  return (days) => {
    if (!hasLonger && days.from === days.to) return joinSources(byDay.get(days.from) ?? []);
    return joinSources(sorted.filter((each) => overlaps(each, days)).map((each) => each.sources));
  };
}
