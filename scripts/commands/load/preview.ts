import { type Asked, isLongGap, keyOf, type LoadUnit, mostPartitions, scanCost } from '../../core/load/index.ts';
import { type DayRange, group } from '../../core/partition/index.ts';
import type { Discovery } from './discover.ts';
import { partitionText, shorten, type TableOutcome, type TablePreview } from './report.ts';
import type { LoadGroup } from './run.ts';

/** What is known of a table before anything is loaded. */
export interface Standing {
  readonly counts: Pick<TableOutcome, 'due' | 'stale' | 'held'>;
  /** Which partitions have no source, where that is worth a word: for days that were asked for, and for whole tables. */
  readonly missing: string | undefined;
  /** True if none of the partitions has a source. */
  readonly allMissing: boolean;
}

/** How many partitions are due, stale, held, and what has no source. */
export function standing(discovery: Discovery, asked: Asked): Standing {
  const of = (kind: LoadUnit['state']['kind']): readonly LoadUnit[] =>
    discovery.units.filter((unit) => unit.state.kind === kind);
  const waiting = of('waiting');
  const name = (unit: LoadUnit): string => partitionText(discovery.table, unit);
  const allMissing = waiting.length > 0 && waiting.length === discovery.units.length;
  const counts = { due: of('due').length, stale: of('stale').length, held: of('held').length };
  const told = waiting.length > 0 && (allMissing || asked.range !== undefined);
  if (!told) return { counts, missing: undefined, allMissing };
  const missing = new Set(waiting.flatMap((unit) => (unit.state.kind === 'waiting' ? unit.state.missing : [])));
  const from = [...missing].map((name) => sourceText(discovery, name)).join('; ');
  const what = discovery.table.load.mode === 'replace' ? 'no source' : `no source for ${shorten(waiting.map(name))}`;
  return { counts, missing: `${what}: nothing in ${from}`, allMissing };
}

function sourceText(discovery: Discovery, name: string): string {
  const source = discovery.reads.find((each) => keyOf(each.table) === name);
  if (source === undefined || source.kind === 'loads') return `${name} (loaded by another load)`;
  return `${name} (${source.table.location.bucket} bucket, ${source.table.location.path})`;
}

/** The statements that load what is due: groups of partitions. */
export function groupsOf(discovery: Discovery, mostBytes: number): readonly LoadGroup[] {
  const due = discovery.units.filter((unit) => unit.state.kind === 'due');
  if (discovery.table.load.mode === 'files')
    return due.length === 0 ? [] : [{ units: due, from: '', to: '', gaps: true }];
  if (discovery.table.load.mode === 'replace') {
    return due.map((unit) => ({ units: [unit], from: unit.from, to: unit.to, gaps: false }));
  }
  // A statement over years without anything is no good, though it costs nothing: SQL may spell the days out.
  const between = (days: DayRange): number => (isLongGap(days) ? Number.POSITIVE_INFINITY : discovery.bytesIn(days));
  return group(due, { mostBytes, most: mostPartitions(discovery.table), between });
}

/** What loading these groups would do and cost. */
export function previewOf(discovery: Discovery, groups: readonly LoadGroup[]): TablePreview {
  const name = (unit: LoadUnit): string => partitionText(discovery.table, unit);
  const texts = (kind: LoadUnit['state']['kind']): readonly string[] =>
    discovery.units.filter((unit) => unit.state.kind === kind).map(name);
  const bytes = groups.map((each) => each.units.reduce((sum, unit) => sum + unit.bytes, 0));
  return {
    table: keyOf(discovery.table),
    mode: discovery.table.load.mode,
    due: discovery.units.flatMap((unit) =>
      unit.state.kind === 'due' ? [{ partition: name(unit), reason: unit.state.reason, bytes: unit.bytes }] : [],
    ),
    waiting: discovery.units.flatMap((unit) =>
      unit.state.kind === 'waiting' ? [{ partition: name(unit), missing: unit.state.missing }] : [],
    ),
    loaded: texts('loaded').length,
    stale: texts('stale'),
    held: texts('held'),
    leftOut: discovery.leftOut ?? [],
    statements: groups.length,
    bytes: bytes.reduce((sum, each) => sum + each, 0),
    dollars: scanCost(bytes),
  };
}
