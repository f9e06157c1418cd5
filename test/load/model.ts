import type { Mode } from './stage.ts';

/**
 * What a lake must look like after each step of a sequence, as plainly as it can be said: no ids, places, leases or
 * intents. The tables are those of stage.ts, one of each mode.
 */
export interface Model {
  /** The day it is in March 2025; the days before it are over. */
  today: number;
  /** Landing files: lines by day, the whole table's lines, lines by event file. */
  readonly days: Map<string, readonly string[]>;
  whole: readonly string[] | undefined;
  readonly events: Map<string, readonly string[]>;
  readonly loaded: Record<Mode, Map<string, Entry>>;
  /** Event files that are loaded, as they were then. */
  readonly known: Map<string, string>;
  /** The definitions as they are in git, and how many date columns each table has in the catalog. */
  revision: number;
  columns: number;
  readonly applied: Record<Mode, number>;
}

/** A load that is kept: what it wrote, from what, by which definition. */
export interface Past {
  readonly rows: string;
  readonly sources: string;
  readonly definition: string;
}

export interface Entry extends Past {
  readonly held: boolean;
  /** Newest first, two at most. */
  readonly past: readonly Past[];
}

export function emptyModel(): Model {
  return {
    today: 5,
    days: new Map(),
    whole: undefined,
    events: new Map(),
    loaded: { partitions: new Map(), replace: new Map(), files: new Map() },
    known: new Map(),
    revision: 0,
    columns: 0,
    applied: { partitions: 0, replace: 0, files: 0 },
  };
}

export function dayText(day: number): string {
  return `2025-03-${String(day).padStart(2, '0')}`;
}

export type Range = readonly [from: number, to: number];

/** Loads one table; false if something of it must have failed. */
export function modelLoad(model: Model, mode: Mode, range: Range | undefined): boolean {
  if (model.applied[mode] !== model.columns) return false;
  if (mode === 'replace') return loadWhole(model, range !== undefined);
  return mode === 'partitions' ? loadDays(model, range) : loadFiles(model, range);
}

function loadWhole(model: Model, asked: boolean): boolean {
  // Those that read it would be without rows: an error, also on a schedule.
  return model.whole !== undefined && loadOne(model, 'replace', '', model.whole, asked);
}

function loadDays(model: Model, range: Range | undefined): boolean {
  const [from, to] = range ?? [1, model.today - 1];
  let good = false;
  let missing = true;
  for (let day = from; day <= to; day += 1) {
    const lines = model.days.get(dayText(day));
    if (lines === undefined) continue;
    if (missing) good = true;
    missing = false;
    good = loadOne(model, 'partitions', dayText(day), lines, range !== undefined) && good;
  }
  // Days that were asked for and have no file at all are an error; on a schedule they are just not there yet.
  return missing ? range === undefined : good;
}

function loadOne(model: Model, mode: Mode, key: string, lines: readonly string[], asked: boolean): boolean {
  const entry = model.loaded[mode].get(key);
  const sources = JSON.stringify(lines);
  if (entry !== undefined && !asked && (entry.held || entry.sources === sources)) return true;
  if (lines.some((line) => line.startsWith('bad'))) return false;
  publish(model, mode, key, lines, sources);
  return true;
}

function publish(model: Model, mode: Mode, key: string, lines: readonly string[], sources: string): void {
  const before = model.loaded[mode].get(key);
  const behind = model.revision === 0 ? '' : `~${model.revision}`;
  const rows = lines
    .map((line) => line + behind)
    .toSorted()
    .join(' ');
  const now = { rows, sources, definition: definitionOf(model) };
  const again =
    before !== undefined && !before.held && before.sources === sources && before.definition === now.definition;
  const past = again ? before.past : pastOf(before);
  model.loaded[mode].set(key, { ...now, held: false, past });
}

function definitionOf(model: Model): string {
  return `${model.revision}/${model.columns}`;
}

function pastOf(entry: Entry | undefined): readonly Past[] {
  if (entry === undefined) return [];
  const { rows, sources, definition } = entry;
  return [{ rows, sources, definition }, ...entry.past].slice(0, 2);
}

/**
 * Every new or changed file is taken; a day is made anew from all files with rows in it, before or now, if one of them is
 * new or changed, or if the day is asked for. Files that would change a day that is held, and not asked for, wait.
 */
function loadFiles(model: Model, range: Range | undefined): boolean {
  const inside = (day: string): boolean => range !== undefined && day >= dayText(range[0]) && day <= dayText(range[1]);
  const asked = filesAsked(model, inside);
  const aside = new Set<string>();
  for (;;) {
    const isFresh = (name: string): boolean =>
      !aside.has(name) && model.known.get(name) !== JSON.stringify(model.events.get(name));
    const due = [...model.events].filter(([name]) => isFresh(name) || (asked.has(name) && !aside.has(name)));
    const days = [...filesByDay(model, due)].map(([day, names]) => {
      const entry = model.loaded.files.get(day);
      const fresh = [...names, ...(entry === undefined ? [] : filesIn(entry))].filter(isFresh);
      const held = entry?.held === true && !inside(day);
      // What a file that is set aside held before is nowhere any more: its days cannot be made anew.
      const changed =
        entry !== undefined && sourcesOf(entry).some(([name, lines]) => isOther(model, aside, name, lines));
      return { day, names, fresh, waits: held || changed };
    });
    const blamed = days.filter((each) => each.waits).flatMap((each) => each.fresh);
    for (const name of blamed) aside.add(name);
    if (blamed.length > 0) continue;
    let good = aside.size === 0;
    for (const { day, names, fresh, waits } of days) {
      if (fresh.length === 0 && !inside(day)) continue;
      if (waits) {
        good = false;
        continue;
      }
      const files = names.toSorted().map((name): [string, readonly string[]] => [name, model.events.get(name)!]);
      const rows = files.flatMap(([, lines]) => lines.filter((line) => dayOf(line) === day));
      publish(model, 'files', day, rows, JSON.stringify(files));
    }
    for (const [name, lines] of due) model.known.set(name, JSON.stringify(lines));
    return good;
  }
}

function isOther(model: Model, aside: ReadonlySet<string>, name: string, lines: unknown): boolean {
  return aside.has(name) && JSON.stringify(model.events.get(name)) !== JSON.stringify(lines);
}

/** Of a day that was rolled back, what it was rolled back from is asked for too. */
function filesAsked(model: Model, inside: (day: string) => boolean): ReadonlySet<string> {
  const asked = [...model.loaded.files].filter(([day]) => inside(day));
  return new Set(asked.flatMap(([, entry]) => [...filesIn(entry), ...(entry.held ? leftBehind(entry) : [])]));
}

function filesByDay(
  model: Model,
  due: readonly (readonly [name: string, lines: readonly string[]])[],
): ReadonlyMap<string, readonly string[]> {
  const names = new Set(due.map(([name]) => name));
  const touched = new Set(due.flatMap(([, lines]) => lines.map(dayOf)));
  for (const [day, entry] of model.loaded.files) if (filesIn(entry).some((name) => names.has(name))) touched.add(day);
  return new Map(
    [...touched].map((day) => {
      const before = model.loaded.files.get(day);
      const kept = before === undefined ? [] : filesIn(before).filter((name) => !names.has(name));
      const fresh = due.filter(([, lines]) => lines.some((line) => dayOf(line) === day)).map(([name]) => name);
      return [day, [...kept, ...fresh]];
    }),
  );
}

/** Files that a held partition was made of before it was rolled back, and is not now. */
function leftBehind(entry: Entry): readonly string[] {
  const [from] = entry.past;
  const now = new Map(sourcesOf(entry).map(([name, lines]) => [name, JSON.stringify(lines)]));
  const before = from === undefined ? [] : sourcesOf(from);
  return before.filter(([name, lines]) => now.get(name) !== JSON.stringify(lines)).map(([name]) => name);
}

function sourcesOf(past: Past): readonly [string, unknown][] {
  return JSON.parse(past.sources) as [string, unknown][];
}

function dayOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}

function filesIn(entry: Entry): readonly string[] {
  return sourcesOf(entry).map(([name]) => name);
}

/** All of the range goes back, or nothing does. `which` 0: the load before, 1: the one before that. */
export function modelRollback(model: Model, mode: Mode, range: Range, which: 0 | 1): boolean {
  const table = model.loaded[mode];
  const inside = (key: string): boolean => mode === 'replace' || (key >= dayText(range[0]) && key <= dayText(range[1]));
  const entries = [...table].filter(([key]) => inside(key));
  if (model.applied[mode] !== model.columns && (mode === 'replace' || entries.length > 0)) return false;
  if (entries.some(([, entry]) => entry.past[which] === undefined)) return false;
  for (const [key, entry] of entries) {
    const target = entry.past[which]!;
    const past = [...pastOf({ ...entry, past: [] }), ...entry.past.filter((each) => each !== target)].slice(0, 2);
    table.set(key, { ...target, held: true, past });
  }
  return true;
}

/** Lets the sources decide again. */
export function modelRelease(model: Model, mode: Mode): boolean {
  const table = model.loaded[mode];
  const held = [...table].filter(([, entry]) => entry.held);
  if (model.applied[mode] !== model.columns && (mode === 'replace' || held.length > 0)) return false;
  for (const [key, entry] of held) {
    if (mode === 'files') for (const name of leftBehind(entry)) model.known.delete(name);
    table.set(key, { ...entry, held: false });
  }
  return true;
}
