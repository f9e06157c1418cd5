import {
  type FileIndex,
  type FileWork,
  filePlan,
  fingerprint,
  isKnown,
  keyOf,
  type LedgerEntry,
  type LoadedTable,
  type LoadSource,
  type LoadUnit,
  mappingQuery,
  mostPartitions,
  namesSources,
  readLedger,
  type SourceObject,
  type SourceObjects,
  sourceBytes,
  statementsOf,
  type UnitState,
  unitKey,
  valuesReader,
} from '../../core/load/index.ts';
import type { CatalogPartition, CatalogTable } from '../../core/model/catalog.ts';
import { UserError } from '../../core/model/exit.ts';
import { type DayRange, daysOf, overlaps } from '../../core/partition/index.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { type Attempts, isEnd, messageOf } from './failed.ts';
import { leftBehind, readIndex, writeIndex } from './file-index.ts';
import { type LoadRecord, readRecord } from './intent.ts';
import { unfitFiles } from './landing.ts';
import type { Lease } from './lease.ts';
import { registerSources } from './register.ts';
import { type GroupResult, type GroupRun, type LoadGroup, runGroup } from './run.ts';
import { type Meter, runQuery } from './statement.ts';
import { bucketOf, listObjects, partitionsOf } from './stored.ts';

/** A table of mode files as it is found: its units are the objects of its source. */
export async function discoverFiles(
  context: LoadContext,
  table: LoadedTable,
  live: CatalogTable,
  reads: readonly LoadSource[],
  facts: { readonly definition: string; readonly range: DayRange | undefined; readonly asked: boolean },
): Promise<Discovery> {
  const source = sourceTable(table, reads);
  const [entries, index, objects] = await Promise.all([
    partitionsOf(context, table, undefined),
    readIndex(context, table),
    allObjects(context, source),
  ]);
  const existing = new Map(entries.map((entry) => [unitKey(entry.values), entry]));
  const ledger = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const read = await fullLedger(context, table, entry);
    if (read) ledger.set(unitKey(entry.values), read);
  }
  const asked = facts.asked ? entriesOfRange(table, entries, facts.range) : [];
  const again = new Set(await objectsOf(context, table, asked, ledger));
  const units = objects.map((object) => unitOf(object, stateOf(index, object, again.has(object.key))));
  const { definition } = facts;
  const found = { table, live, definition, units, existing, ledger, reads };
  return { ...found, asked: new Set(asked.map((entry) => unitKey(entry.values))), beside: [], bytesIn: () => 0 };
}

/** The one landing table that a load of files reads. */
function sourceTable(table: LoadedTable, reads: readonly LoadSource[]): LoadSource['table'] {
  const landing = reads.filter((source) => source.kind === 'objects');
  const [only] = landing;
  if (only !== undefined && landing.length === 1 && table.partitions.length > 0) return only.table;
  const { path, line, column } = table.load.sqlPlace;
  const why = table.partitions.length === 0 ? 'has no partition columns' : `reads ${landing.length} landing tables`;
  throw new UserError(
    `${keyOf(table)} has mode files and ${why}`,
    'a load of files reads one landing table and writes a partitioned one',
    { where: `${path}:${line}:${column}` },
  );
}

function stateOf(index: FileIndex, object: SourceObject, again: boolean): UnitState {
  if (isKnown(index, object)) return again ? { kind: 'due', reason: 'asked' } : { kind: 'loaded' };
  return { kind: 'due', reason: index[object.key] === undefined ? 'new' : 'changed' };
}

function unitOf(object: SourceObject, state: UnitState): LoadUnit {
  const sources = { objects: [object], upstream: [] };
  return { from: '', to: '', values: [object.key], sources, fingerprint: '', bytes: object.size, state };
}

async function allObjects(context: LoadContext, table: LoadSource['table']): Promise<readonly SourceObject[]> {
  const found: SourceObject[] = [];
  for await (const object of listObjects(context, table, table.location.path)) found.push(object.source);
  return found;
}

/** The ledger keeps the first thousand objects of a partition; the record of the load has all. */
async function fullLedger(
  context: LoadContext,
  table: LoadedTable,
  entry: CatalogPartition,
): Promise<LedgerEntry | undefined> {
  const ledger = readLedger(entry.parameters);
  if (ledger === undefined || namesSources(entry.parameters)) return ledger;
  const record = await readRecord(context, table, ledger.id);
  const own = record?.partitions.find((each) => unitKey(each.values) === unitKey(entry.values));
  if (own !== undefined) return { ...ledger, sources: own.sources };
  throw new UserError(
    `the record of load ${ledger.id} of ${keyOf(table)} is gone, so nothing says what partition ${entry.values.join('/')} is made of`,
    'restore it from the bucket versions (weir-control/.../loads/)',
  );
}

function entriesOfRange(
  table: LoadedTable,
  entries: readonly CatalogPartition[],
  range: DayRange | undefined,
): readonly CatalogPartition[] {
  return entries.filter((entry) => {
    const days = daysOf(table.partitions, entry.values);
    return range === undefined || days === undefined || overlaps(days, range);
  });
}

/** What partitions are made of; for one that was rolled back also what it was made of before. */
async function objectsOf(
  context: LoadContext,
  table: LoadedTable,
  entries: readonly CatalogPartition[],
  ledger: ReadonlyMap<string, LedgerEntry>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of entries) {
    const own = ledger.get(unitKey(entry.values));
    if (own === undefined) continue;
    const left = own.held === undefined ? [] : await leftBehind(context, table, entry.values, own);
    found.push(...[...own.sources, ...left].map((source) => source.key));
  }
  return found;
}

/** The longest list of paths in one statement: each is at most 1,024 bytes, the statement 262,144. */
const MOST_OBJECTS = 200;

export interface FileRun {
  readonly context: LoadContext;
  readonly lease: Lease;
  readonly meter: Meter;
  /** Looks anew: what was published has changed what is known, and more objects may have come. */
  readonly look: () => Promise<Discovery>;
  readonly budget: { left: number };
  readonly done: (result: GroupResult) => void;
  readonly failed: (error: { readonly where?: string; readonly message: string; readonly cure: string }) => void;
  readonly attempts: Attempts;
}

/** The objects that stand in the way of a batch, by key, and why. */
type Bad = ReadonlyMap<string, string>;

/** Loads every object that waits, in batches, until none is left. Objects that fail are set aside and told. */
export async function loadFiles(run: FileRun, first: Discovery): Promise<void> {
  const settled = new Set<string>();
  for (let discovery = first; ; discovery = await run.look()) {
    const waiting = discovery.units.filter((unit) => unit.state.kind === 'due' && !settled.has(unit.values[0]!));
    const batch = takeBatch(waiting, run.budget.left);
    if (batch.length === 0) return;
    run.budget.left -= batch.reduce((sum, unit) => sum + unit.bytes, 0);
    const bad = await tryBatch(run, discovery, batch);
    const aside = bad.size > 0 ? bad.keys() : batch.map((unit) => unit.values[0]!);
    for (const key of aside) settled.add(key);
    // The objects that were in one batch with a bad one are tried again without it.
    if (bad.size > 0)
      run.budget.left += batch.filter((unit) => !bad.has(unit.values[0]!)).reduce((sum, unit) => sum + unit.bytes, 0);
  }
}

function takeBatch(waiting: readonly LoadUnit[], left: number): readonly LoadUnit[] {
  const batch: LoadUnit[] = [];
  let bytes = 0;
  for (const unit of waiting.slice(0, MOST_OBJECTS)) {
    bytes += unit.bytes;
    if (bytes > left) break;
    batch.push(unit);
  }
  return batch;
}

/** Loads a batch, and notes what has become of each of its objects. Those that waited for a bad one are tried again. */
async function tryBatch(run: FileRun, discovery: Discovery, batch: readonly LoadUnit[]): Promise<Bad> {
  const last: { record?: LoadRecord } = {};
  const ended = (record: LoadRecord): void => {
    last.record = record;
  };
  const objects = batch.flatMap((unit) => unit.sources.objects);
  try {
    const bad = await loadBatch({ ...run, ended }, discovery, objects);
    if (bad.size === 0) run.attempts.published(batch);
    for (const unit of batch) {
      const reason = bad.get(unit.values[0]!);
      if (reason !== undefined) run.attempts.failed([unit], reason, last.record);
    }
    return bad;
  } catch (error) {
    if (isEnd(run.context, error)) run.attempts.failed(batch, messageOf(error), last.record);
    throw error;
  }
}

type BatchRun = FileRun & Required<Pick<GroupRun, 'ended'>>;

/** Loads some objects all together; answers those that stand in the way. Nothing is known as loaded if there are any. */
async function loadBatch(run: BatchRun, discovery: Discovery, objects: readonly SourceObject[]): Promise<Bad> {
  const { context } = run;
  const { table } = discovery;
  const unfit = await unfitFiles(context, discovery, objects);
  for (const each of unfit) run.failed({ message: each.message, cure: each.cure });
  if (unfit.length > 0) return new Map(unfit.map((each) => [each.key, each.message]));
  await registerSources(context, discovery, objects);
  const mapping = await mappingOf(run, discovery, objects);
  const homeless = homelessRows(table, mapping);
  if (homeless !== undefined) return blame(run, objects, homeless);
  const plain = mapping.map((each) => ({ object: each.object, values: each.values as readonly string[] }));
  const listed = new Map(discovery.units.flatMap((unit) => unit.sources.objects).map((object) => [object.key, object]));
  const known = new Map(
    [...discovery.ledger].map(([key, entry]) => [key, { values: discovery.existing.get(key)!.values, entry }]),
  );
  const { work: touched, gone } = filePlan(objects, plain, known, listed);
  const work = wantedOf(discovery, touched);
  const obstacle = obstacleOf(discovery, work);
  if (obstacle !== undefined) return blame(run, objects, obstacle);
  if (gone.length > 0) {
    throw new UserError(
      `partitions of ${keyOf(table)} cannot be made anew: ${gone[0]!.key} is gone, of which they were made`,
      'put it back (an earlier version of it), or load into another table',
    );
  }
  const broken = await loadWork(run, discovery, work);
  if (broken.size > 0) {
    const guilty = new Map(
      plain.flatMap(({ object = '', values }) => {
        const reason = broken.get(unitKey(values));
        return reason === undefined ? [] : [[object, reason]];
      }),
    );
    const [reason = ''] = broken.values();
    return guilty.has('') || guilty.size === 0 ? new Map(objects.map((object) => [object.key, reason])) : guilty;
  }
  await writeIndex(context, table, objects);
  return new Map();
}

/** Makes partitions anew, as many at once as a statement may write; answers those that broke a check, and stops there. */
async function loadWork(run: BatchRun, discovery: Discovery, work: readonly FileWork[]): Promise<Bad> {
  const { context, lease, meter } = run;
  const reasons = new Map<string, string>();
  const ended = (record: LoadRecord): void => {
    run.ended(record);
    for (const { values, reason = '' } of record.partitions) reasons.set(unitKey(values), reason);
  };
  for (const some of statementsOf(work, mostPartitions(discovery.table))) {
    const group = groupOf(some);
    const objects = restriction(context, discovery, group);
    const result = await runGroup({ context, discovery, group, lease, meter, objects, ended });
    run.done(result);
    const failed = result.failed.map(unitKey);
    if (failed.length > 0) return new Map(failed.map((key) => [key, reasons.get(key) ?? '']));
  }
  return new Map();
}

/** Why objects cannot be loaded: `guilty` are their keys, '' among them where it cannot be told which. */
interface Obstacle {
  readonly guilty: ReadonlySet<string>;
  readonly what: string;
  readonly cure: string;
}

/** Rows without a partition value have no place in the table. */
function homelessRows(table: LoadedTable, mapping: readonly Mapped[]): Obstacle | undefined {
  const guilty = new Set(mapping.filter((each) => each.values.includes(null)).map((each) => each.object ?? ''));
  if (guilty.size === 0) return undefined;
  const names = table.partitions.map((column) => column.name).join(', ');
  const cure = 'leave such rows out in load.sql (WHERE ... IS NOT NULL)';
  return { guilty, what: `has rows without ${names}`, cure };
}

/** Partitions that must not be made anew now: held ones, and those with rows of another program. */
function obstacleOf(discovery: Discovery, work: readonly FileWork[]): Obstacle | undefined {
  const held = heldBack(discovery, work);
  if (held.size > 0) {
    const cure = 'npm run rollback -- --release lets it be loaded again, load --from --to loads it at once';
    return { guilty: held, what: 'has or had rows in a partition that is held', cure };
  }
  const strange = new Set(
    work.filter((each) => isStrange(discovery, each)).flatMap((each) => freshIn(discovery, each)),
  );
  if (strange.size === 0) return undefined;
  const cure =
    'leave these rows out in load.sql, or drop the partition from the catalog once its rows are in landing files';
  return { guilty: strange, what: 'has rows in a partition that another program loaded', cure };
}

/**
 * The partitions that are asked for, and those that a new or changed object has or had rows in. What else an object that is
 * read again for a range touches is as it was: it may be stale, or held, and stays so.
 */
function wantedOf(discovery: Discovery, work: readonly FileWork[]): readonly FileWork[] {
  return work.filter((each) => discovery.asked?.has(unitKey(each.values)) || freshIn(discovery, each).length > 0);
}

/** The new and changed objects that have or had rows in a partition. */
function freshIn(discovery: Discovery, { values, objects }: FileWork): readonly string[] {
  const fresh = new Set(
    discovery.units.flatMap(({ state, values: [key = ''] }) =>
      state.kind === 'due' && state.reason !== 'asked' ? [key] : [],
    ),
  );
  const before = discovery.ledger.get(unitKey(values))?.sources ?? [];
  return [...objects, ...before].map((object) => object.key).filter((key) => fresh.has(key));
}

/** The new objects that would change a partition that was rolled back, and that nobody asked for. */
function heldBack(discovery: Discovery, work: readonly FileWork[]): ReadonlySet<string> {
  const held = work.filter(({ values }) => {
    const key = unitKey(values);
    return discovery.ledger.get(key)?.held !== undefined && !discovery.asked?.has(key);
  });
  return new Set(held.flatMap((each) => freshIn(discovery, each)));
}

/** A partition without a ledger holds rows that no object tells of: making it anew would lose them. */
function isStrange({ ledger, existing }: Discovery, { values }: FileWork): boolean {
  return existing.has(unitKey(values)) && !ledger.has(unitKey(values));
}

function groupOf(work: readonly FileWork[]): LoadGroup {
  const units = work.map(({ values, objects }): LoadUnit => {
    const sources = { objects, upstream: [] };
    const state = { kind: 'due', reason: 'new' } as const;
    return { from: '', to: '', values, sources, fingerprint: fingerprint(sources), bytes: sourceBytes(sources), state };
  });
  return { units, from: '', to: '', gaps: true };
}

function restriction(context: LoadContext, discovery: Discovery, group: LoadGroup): SourceObjects {
  const paths = [...new Set(group.units.flatMap((unit) => unit.sources.objects.map((object) => object.key)))];
  return objectsIn(context, discovery, paths);
}

function objectsIn(context: LoadContext, discovery: Discovery, paths: readonly string[]): SourceObjects {
  const table = sourceTable(discovery.table, discovery.reads);
  const read = valuesReader(table);
  const base = `s3://${bucketOf(context, table)}/`;
  const values = paths.map((path) => read(path.slice(base.length)) ?? []);
  const partitions = table.partitions.length === 0 || values.some((each) => each.length === 0) ? [] : values;
  return { table, paths, partitions: [...new Map(partitions.map((each) => [unitKey(each), each])).values()] };
}

/** A partition that an object has rows in, as the engine writes its values; see Mapping in core/load/files.ts. */
interface Mapped {
  readonly object: string | undefined;
  readonly values: readonly (string | null)[];
}

/** Asks which object has rows in which partition. */
async function mappingOf(
  run: FileRun,
  discovery: Discovery,
  objects: readonly SourceObject[],
): Promise<readonly Mapped[]> {
  const { context, meter } = run;
  const only = objectsIn(
    context,
    discovery,
    objects.map((object) => object.key),
  );
  const rename = (database: string): string => inEnvironment(context, database);
  const { sql, byObject } = mappingQuery({ table: discovery.table, rename, objects: only });
  const loadId = `${context.now()} ${context.nonce()}`;
  const answer = await run.lease.during(runQuery(context, { sql, loadId, step: 'objects', meter }));
  const width = discovery.table.partitions.length;
  return answer.rows.map((row) => {
    const values = byObject ? row.slice(1, 1 + width) : row.slice(0, width);
    return { object: byObject ? (row[0] ?? undefined) : undefined, values };
  });
}

/** Tells of each guilty object why it is not loaded; all of them are, where it cannot be told which. */
function blame(run: FileRun, objects: readonly SourceObject[], { guilty, what, cure }: Obstacle): Bad {
  const keys = guilty.has('') ? objects.map((object) => object.key) : [...guilty];
  for (const key of keys) run.failed({ message: `${key} ${what}; nothing of it was published`, cure });
  return new Map(keys.map((key) => [key, `${key} ${what}`]));
}
