import {
  type Asked,
  type DatedSources,
  definitionHash,
  fingerprint,
  isEmpty,
  joinSources,
  keyOf,
  keyReader,
  type LedgerEntry,
  type LoadedTable,
  type LoadSource,
  type LoadUnit,
  leftOut,
  listingPrefix,
  rangeOf,
  readLedger,
  rejectsMark,
  relationsOf,
  type SourceObject,
  type Sources,
  sourceBytes,
  sourceOf,
  stateOf,
  stretchesOf,
  type UpstreamLoad,
  unitKey,
  unitsOf,
  withoutEarly,
} from '../../core/load/index.ts';
import type { CatalogPartition, CatalogTable } from '../../core/model/catalog.ts';
import type { TableDefinition } from '../../core/model/definition.ts';
import { UserError } from '../../core/model/exit.ts';
import { type DayRange, daysOf, overlaps, tableGranularity } from '../../core/partition/index.ts';
import { hasRows, isAdopted } from './adopted.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import { discoverFiles } from './files.ts';
import { hasStrayRejects } from './rejects.ts';
import { ledgersOf, listObjects, liveTable, partitionsOf } from './stored.ts';

/** What was found out about a table before loading it. */
export interface Discovery {
  readonly table: LoadedTable;
  readonly live: CatalogTable;
  readonly definition: string;
  readonly units: readonly LoadUnit[];
  /** The partitions that the catalog has, by their values. */
  readonly existing: ReadonlyMap<string, CatalogPartition>;
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
  /** Loads of undated tables that are read as well: told in the ledger, not part of the fingerprint. */
  readonly beside: readonly UpstreamLoad[];
  /** Bytes of dated sources in a range of days, loaded or not. */
  readonly bytesIn: (range: DayRange) => number;
  readonly reads: readonly LoadSource[];
  /** True if the rejects table does not show the rejects of the loads that the table itself shows. */
  readonly strayRejects?: boolean;
  /** By which rule rows are rejected; undefined where none are. */
  readonly rejectsMark?: string | undefined;
  /** Sources and days that are not looked at, and why, a sentence each. */
  readonly leftOut?: readonly string[];
  /** Mode files, where the units are objects: the partitions that are asked for. */
  readonly asked?: ReadonlySet<string>;
}

/** Reads the catalog and lists the sources of a table: each partition with its state. */
export async function discover(
  context: LoadContext,
  table: LoadedTable,
  reads: readonly TableDefinition[],
  asked: Asked,
): Promise<Discovery> {
  const found = await discoverUnits(context, table, reads, asked);
  if (table.load.rejects === undefined) return found;
  const strayRejects = await hasStrayRejects(context, found);
  return { ...found, strayRejects, rejectsMark: rejectsMark(table, relationsOf(context.definitions)) };
}

async function discoverUnits(
  context: LoadContext,
  table: LoadedTable,
  reads: readonly TableDefinition[],
  asked: Asked,
): Promise<Discovery> {
  const live = await liveTable(context, table);
  const sources = reads.map(sourceOf);
  if (table.load.mode === 'files') {
    const range = asked.range && { from: asked.range.from ?? '0001-01-01', to: asked.range.to ?? asked.yesterday };
    const facts = { definition: definitionHash(table), range, asked: asked.range !== undefined };
    return discoverFiles(context, table, live, sources, facts);
  }
  return table.load.mode === 'replace'
    ? discoverWhole(context, table, live, sources, asked)
    : discoverDays(context, table, live, sources, asked);
}

async function discoverDays(
  context: LoadContext,
  table: LoadedTable,
  live: CatalogTable,
  sources: readonly LoadSource[],
  asked: Asked,
): Promise<Discovery> {
  const dated = sources.filter((source) => source.dated);
  requireDays(table, dated);
  const wide = rangeOf(table, asked, table.load.start ?? '0001-01-01');
  const all = wide === undefined ? [] : await Promise.all(dated.map((source) => datedSources(context, source, wide)));
  const isFound = asked.range?.from === undefined && table.load.start === undefined;
  const { dated: found, early } = isFound ? withoutEarly(all) : { dated: all, early: [] };
  const periods = found.flatMap((each) => each.periods);
  const range = wide && rangeOf(table, asked, periods.map((period) => period.from).toSorted()[0]);
  const { existing, ledger } = await standingPartitions(context, table, range);
  const definition = definitionHash(table);
  const { backfill } = asked;
  const facts = { dated: found, ledger, existing, definition, asked: asked.range !== undefined, backfill };
  const known = [...periods, ...[...existing.values()].flatMap((each) => daysOf(table.partitions, each.values) ?? [])];
  const whole = range === undefined ? [] : [range];
  const stretches = isFound && range ? stretchesOf(range, known, tableGranularity(table.partitions) ?? 'day') : whole;
  return {
    table,
    live,
    definition,
    units: stretches.flatMap((days) => unitsOf(table, days, facts)),
    existing,
    ledger,
    beside: await besideLoads(context, sources),
    bytesIn: (days) =>
      periods.filter((period) => overlaps(period, days)).reduce((sum, period) => sum + sourceBytes(period.sources), 0),
    reads: sources,
    leftOut: leftOut(early, stretches, found),
  };
}

/** The partitions that the catalog has of a range, and what their loads say of them. */
async function standingPartitions(
  context: LoadContext,
  table: LoadedTable,
  range: DayRange | undefined,
): Promise<Pick<Discovery, 'existing' | 'ledger'>> {
  const entries = range === undefined ? [] : await partitionsOf(context, table, range);
  return {
    existing: new Map(entries.map((entry) => [unitKey(entry.values), entry])),
    ledger: ledgersOf(entries),
  };
}

function requireDays(table: LoadedTable, dated: readonly LoadSource[]): void {
  const { path, line, column } = table.place;
  const where = { where: `${path}:${line}:${column}` };
  if (tableGranularity(table.partitions) === undefined || table.partitions.some((each) => each.date === undefined)) {
    throw new UserError(
      `mode partitions needs a date format at every partition column of ${keyOf(table)}`,
      'give each of them `date:`, or use mode replace',
      where,
    );
  }
  if (dated.length === 0) {
    throw new UserError(
      `no table that ${keyOf(table)} reads has partitions with dates, so nothing says which days are due`,
      'give the partition columns of a source `date:` formats, or use mode replace',
      where,
    );
  }
}

/** A table that is replaced as a whole is one unit, made of everything that its sources hold. */
async function discoverWhole(
  context: LoadContext,
  table: LoadedTable,
  live: CatalogTable,
  reads: readonly LoadSource[],
  { range, backfill }: Asked,
): Promise<Discovery> {
  const found = await Promise.all(
    reads.map(async (source) => ({ table: keyOf(source.table), sources: await wholeSources(context, source) })),
  );
  const sources = joinSources(found.map((each) => each.sources));
  const definition = definitionHash(table);
  const entry = readLedger(live.parameters);
  const print = fingerprint(sources);
  const missing = found.filter((each) => isEmpty(each.sources)).map((each) => each.table);
  const exists = entry === undefined && (await hasRows(context, live));
  const unit: LoadUnit = {
    from: '',
    to: '',
    values: [],
    sources,
    fingerprint: print,
    bytes: sourceBytes(sources),
    state: stateOf({ missing, print, entry, definition, asked: range !== undefined, since: backfill?.since, exists }),
  };
  const ledger = new Map(entry ? [[unitKey([]), entry] as const] : []);
  const nothing = { existing: new Map(), beside: [], bytesIn: () => 0 };
  return { table, live, definition, units: [unit], ledger, reads, ...nothing };
}

async function datedSources(context: LoadContext, source: LoadSource, range: DayRange): Promise<DatedSources> {
  const table = keyOf(source.table);
  if (source.kind === 'loads') {
    const entries = await partitionsOf(context, source.table, range);
    const periods = entries.flatMap((entry) => {
      const days = daysOf(source.table.partitions, entry.values);
      const sources = { objects: [], upstream: [upstreamLoad(table, entry)] };
      return days && overlaps(days, range) ? [{ ...days, sources }] : [];
    });
    return { table, periods };
  }
  const read = keyReader(source.table);
  const byDay = new Map<string, DayRange & { objects: SourceObject[] }>();
  // A listing from the beginning of time has no common prefix to begin with: the table's whole folder is listed.
  const known = range.from > '0001-01-01' ? range : undefined;
  for await (const object of listObjects(context, source.table, listingPrefix(source.table, known))) {
    const days = read(object.path);
    if (!days || !overlaps(days, range)) continue;
    const entry = byDay.get(days.from) ?? { ...days, objects: [] };
    entry.objects.push(object.source);
    byDay.set(days.from, entry);
  }
  const periods = [...byDay.values()].map(({ from, to, objects }) => ({
    from,
    to,
    sources: { objects, upstream: [] },
  }));
  return { table, periods };
}

async function wholeSources(context: LoadContext, source: LoadSource): Promise<Sources> {
  const table = keyOf(source.table);
  if (source.kind === 'objects') {
    const objects: SourceObject[] = [];
    for await (const object of listObjects(context, source.table, source.table.location.path))
      objects.push(object.source);
    return { objects, upstream: [] };
  }
  if (source.table.partitions.length > 0) {
    const entries = await partitionsOf(context, source.table, undefined);
    return { objects: [], upstream: entries.map((entry) => upstreamLoad(table, entry)) };
  }
  const live = await context.glue.getTable(inEnvironment(context, source.table.database), source.table.name);
  const entry = live && readLedger(live.parameters);
  return { objects: [], upstream: entry ? [{ table, partition: [], load: entry.id, bytes: entry.bytes }] : [] };
}

/** The loads of undated loaded tables that a load of days reads too. */
async function besideLoads(context: LoadContext, sources: readonly LoadSource[]): Promise<readonly UpstreamLoad[]> {
  const undated = sources.filter((source) => !source.dated && source.kind === 'loads');
  const found = await Promise.all(undated.map((source) => wholeSources(context, source)));
  return found.flatMap((each) => each.upstream);
}

/** A partition that no load has written (made by hand, imported) is told by where it is, also once it was adopted. */
function upstreamLoad(table: string, entry: CatalogPartition): UpstreamLoad {
  const ledger = readLedger(entry.parameters);
  const load = ledger === undefined || isAdopted(ledger) ? entry.storage.location : ledger.id;
  return { table, partition: entry.values, load, bytes: ledger?.bytes ?? 0 };
}
