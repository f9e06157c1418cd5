import { auditKey } from '../../core/check/index.ts';
import {
  acceptedFolder,
  type CtasRequest,
  ctas,
  keyOf,
  type LedgerEntry,
  type LoadUnit,
  loadIdOf,
  loadQuery,
  namesSources,
  partitionPath,
  pastOf,
  relationsOf,
  type SourceObjects,
  s3Place,
  stagingName,
  unitKey,
  writeLedger,
} from '../../core/load/index.ts';
import { UserError } from '../../core/model/exit.ts';
import { type Group, isDataObject } from '../../core/partition/index.ts';
import { standAside } from './aside.ts';
import { type AuditRequest, audit, auditTypes, refuseOthers, verdict } from './audit.ts';
import { inEnvironment, type LoadContext, STAGING } from './context.ts';
import type { Discovery } from './discover.ts';
import { isEnd } from './failed.ts';
import { writeHistory } from './history.ts';
import { type Intent, type LoadRecord, writeRecord } from './intent.ts';
import type { Lease } from './lease.ts';
import { notifyLoaded, notifyPublished, type Shown } from './notices.ts';
import { type Publication, publishPartitions, publishTable } from './publish.ts';
import { failedRecord, type Loaded, recordOf, withPublished } from './record.ts';
import { registerSources } from './register.ts';
import { alignRejects, countRejects, judgeRejects } from './rejects.ts';
import { clearAway, mayGoOn, placeOf } from './settle.ts';
import { type Meter, runStatement, StatementError, type Succeeded } from './statement.ts';

export type LoadGroup = Group<LoadUnit>;

export interface GroupRun {
  readonly context: LoadContext;
  readonly discovery: Discovery;
  readonly group: LoadGroup;
  readonly lease: Lease;
  readonly meter: Meter;
  /** Mode files: read only these, and publish nothing if a check fails anywhere. */
  readonly objects?: SourceObjects;
  /** Asked before anything is published: false if what belongs together with it must not be. */
  readonly others?: () => Promise<boolean>;
  /** Told how the load ended, be it by an error. */
  readonly ended?: (record: LoadRecord) => void;
}

export interface GroupResult extends Shown {
  /** Failed checks of severity error: their partitions were not published. */
  readonly failures: readonly string[];
  /** The partitions that they are of. */
  readonly failed: readonly (readonly string[])[];
}

/** Loads the partitions of one group: intent, write, audit, publish, record. */
export async function runGroup(given: GroupRun): Promise<GroupResult> {
  const { context, group } = given;
  const discovery = await standAside(context, given.discovery);
  const run = { ...given, discovery };
  await registerSources(
    context,
    discovery,
    group.units.flatMap((unit) => unit.sources.objects),
  );
  const intent = newIntent(run);
  await run.lease.begin(intent);
  return finishLoad(run, intent);
}

/** Goes on with a load from its intent: the statement's token leads back to a query that was started already. */
export async function finishLoad(run: GroupRun, intent: Intent): Promise<GroupResult> {
  const { context, lease } = run;
  try {
    const result = await writeAuditPublish(run, intent);
    const unsent = await notifyLoaded(context, run.discovery.table, result);
    await clearAway(context, lease, intent);
    return { ...result, warnings: [...result.warnings, ...unsent] };
  } catch (error) {
    if (isEnd(context, error)) await tellEnd(run, intent, error).catch(() => undefined);
    // What may still be finished (AWS was busy, the catalog did not answer) is left for the next run to go on with.
    if (!mayGoOn(error, context.signal)) await clearAway(context, lease, intent).catch(() => undefined);
    throw error;
  }
}

/** Keeps what became of a load that ended by an error; one that is to be gone on with has its record when it has ended. */
async function tellEnd(run: GroupRun, intent: Intent, error: unknown): Promise<void> {
  const { context, discovery, lease } = run;
  const failed = failedRecord(run, lease.intents().find(({ loadId }) => loadId === intent.loadId) ?? intent, error);
  run.ended?.(failed);
  if (mayGoOn(error, context.signal)) return;
  // Another run may have gone on with it: then its record is that run's.
  await lease.hold();
  const record = await withPublished(context, discovery, failed);
  run.ended?.(record);
  await writeRecord(context, discovery.table, record);
  const lines = await writeHistory(context, record);
  const unsent = await notifyPublished(context, discovery.table, record);
  for (const line of [...lines, ...unsent]) context.say(`${keyOf(discovery.table)}: ${line}`);
}

async function writeAuditPublish(run: GroupRun, intent: Intent): Promise<GroupResult> {
  const { context, discovery, group, lease } = run;
  const { table } = discovery;
  const label = keyOf(table);
  const request = requestOf(run, intent);
  context.progress(`${label}: writing ${group.units.length} partitions in one statement`);
  const written = await write(run, intent, ctas(request));
  context.progress(`${label}: checks`);
  const loaded: Loaded = { written, ...(await lease.during(auditLoad(run, intent, loadQuery(request)))) };
  const { judged } = loaded;
  const publications = (await mayPublish(run, loaded)) ? await publicationsOf(run, intent, loaded) : [];
  const record = recordOf(run, intent, loaded, publications);
  // Mode files: a ledger without room for all of its objects means nothing without the record, which a kill must not keep back.
  const isRecordFirst =
    table.load.mode === 'files' && publications.some(({ ledger }) => !namesSources(writeLedger(ledger)));
  if (isRecordFirst) await writeRecord(context, table, record);
  await publish(run, intent, publications);
  run.ended?.(record);
  await writeRecord(context, table, record);
  const unwritten = await writeHistory(context, record);
  return {
    loadId: intent.loadId,
    partitions: publications.map((each) => each.values),
    rows: publications.reduce((sum, each) => sum + each.ledger.rows, 0),
    rejected: publications.reduce((sum, each) => sum + (each.ledger.rejected ?? 0), 0),
    bytes: publications.reduce((sum, each) => sum + each.ledger.bytes, 0),
    warnings: [...judged.warnings, ...unwritten],
    failures: judged.failures,
    failed: group.units.map((unit) => unit.values).filter((values) => judged.failed.has(unitKey(values))),
  };
}

/** What is found in the temporary table: rows, rejects, checks. Only asks, so it can be left when the lease is lost. */
async function auditLoad(run: GroupRun, intent: Intent, loadSql: string): Promise<Omit<Loaded, 'written'>> {
  const { context, discovery, group, meter } = run;
  const { table } = discovery;
  const partitions = group.units.map((unit) => unit.values);
  const { loadId, staging } = intent;
  const request: AuditRequest = { table, loadId, staging, partitions, loadSql, meter };
  await auditTypes(context, request);
  const audited = await audit(context, request);
  refuseOthers(table, group, audited.rows);
  const rejected = await countRejects(context, request, group, intent.location);
  const checked = await verdict(context, request, audited.results);
  const judged = await judgeRejects(context, discovery, group, { rejected, rows: audited.rows, judged: checked });
  return { audited, judged, rejected };
}

function newIntent({ context, discovery, group, lease }: GroupRun): Intent {
  const { table } = discovery;
  const loadId = loadIdOf(new Date(context.now()).toISOString(), context.nonce());
  const { from, to, gaps } = group;
  return {
    loadId,
    fence: lease.fence,
    definition: discovery.definition,
    units: group.units.map(({ values, fingerprint }) => ({ values, fingerprint })),
    ...{ from, to, gaps },
    staging: { database: inEnvironment(context, STAGING), name: stagingName(table, loadId) },
    location: placeOf(context, table, loadId),
    time: new Date(context.now()).toISOString(),
    rejects: discovery.rejectsMark,
  };
}

function requestOf({ context, discovery, group, objects }: GroupRun, intent: Intent): CtasRequest {
  const { table } = discovery;
  return {
    table,
    staging: intent.staging,
    location: intent.location,
    days: table.load.mode === 'partitions' ? { from: group.from, to: group.to } : undefined,
    only: group.gaps ? group.units.map((unit) => unit.values) : undefined,
    rename: (database) => inEnvironment(context, database),
    ...(objects === undefined ? {} : { objects }),
    rejects:
      table.load.rejects === undefined
        ? undefined
        : { loadId: intent.loadId, relations: relationsOf(context.definitions) },
  };
}

async function write(run: GroupRun, intent: Intent, sql: string): Promise<Succeeded> {
  const { context, discovery, lease, meter } = run;
  const started = async (queryId: string): Promise<void> => {
    if (intent.queryId !== queryId) await lease.begin({ ...intent, queryId });
  };
  try {
    const statement = { sql, loadId: intent.loadId, step: 'load', meter, started };
    return await lease.during(runStatement(context, statement));
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    // The statement wraps load.sql: its first line stands behind the line of its FROM.
    const first = sql.slice(0, sql.indexOf('\nFROM (\n')).split('\n').length + 1;
    const told = /line (\d+):\d+/.exec(error.reason);
    const { path, line } = discovery.table.load.sqlPlace;
    const where = told ? `${path}:${Math.max(line, line + Number(told[1]) - first - 1)}` : path;
    throw new UserError(error.message, error.cure, { where, cause: error });
  }
}

/** Objects are loaded all together or not at all. */
async function mayPublish({ objects, others }: GroupRun, { judged }: Loaded): Promise<boolean> {
  if (objects === undefined) return true;
  return judged.failed.size === 0 && (others === undefined || (await others()));
}

async function publicationsOf(run: GroupRun, intent: Intent, loaded: Loaded): Promise<readonly Publication[]> {
  const { context, discovery, group } = run;
  const bytes = await bytesByFolder(context, intent.location);
  const { failed } = loaded.judged;
  const good = group.units.filter((unit) => !failed.has(unitKey(unit.values)));
  return good.map((unit) => {
    const folder = acceptedFolder(discovery.table) + partitionPath(discovery.table.partitions, unit.values);
    const ledger = ledgerOf(run, intent, unit, loaded, bytes.get(folder) ?? 0);
    return { values: unit.values, location: intent.location + folder, ledger };
  });
}

function ledgerOf(run: GroupRun, intent: Intent, unit: LoadUnit, loaded: Loaded, bytes: number): LedgerEntry {
  const { context, discovery } = run;
  const key = unitKey(unit.values);
  const before = discovery.ledger.get(key);
  const past = discovery.existing.get(key)?.storage.location ?? discovery.live.storage.location;
  const found = auditKey(discovery.table, unit.values);
  const { rejects } = discovery.table.load;
  const entry = {
    id: intent.loadId,
    rows: loaded.audited.rows.get(found) ?? 0,
    ...(rejects === undefined ? {} : { rejected: loaded.rejected.get(found)?.rows ?? 0 }),
    bytes,
    fingerprint: unit.fingerprint,
    definition: discovery.definition,
    commit: context.commit,
    query: loaded.written.queryId,
    time: new Date(context.now()).toISOString(),
    sources: unit.sources.objects,
    upstream: [...unit.sources.upstream, ...discovery.beside],
    held: undefined,
  };
  return { ...entry, previous: isSame(before, entry) ? before.previous : pastOf(before, past) };
}

/** The same rows once more (a load that is gone on with, or one that was struck half-way) are no past to go back to. */
function isSame(
  before: LedgerEntry | undefined,
  entry: Pick<LedgerEntry, 'id' | 'fingerprint' | 'definition' | 'rows' | 'rejected' | 'bytes'>,
): before is LedgerEntry {
  if (before === undefined || before.held !== undefined) return false;
  const fields = ['fingerprint', 'definition', 'rows', 'rejected', 'bytes'] as const;
  return before.id === entry.id || fields.every((field) => before[field] === entry[field]);
}

async function publish(run: GroupRun, intent: Intent, publications: readonly Publication[]): Promise<void> {
  const { context, discovery, lease } = run;
  context.signal.throwIfAborted();
  context.progress(`${keyOf(discovery.table)}: publishing ${publications.length} partitions`);
  await lease.hold();
  if (discovery.table.load.mode === 'replace') {
    for (const each of publications) await publishTable(context, discovery, each);
  } else {
    await publishPartitions(context, discovery, publications, intent.loadId);
  }
  const days = discovery.table.load.mode === 'partitions' ? { from: run.group.from, to: run.group.to } : undefined;
  await alignRejects(context, lease, discovery.table, days);
}

async function bytesByFolder(context: LoadContext, location: string): Promise<ReadonlyMap<string, number>> {
  const { bucket, key: prefix } = s3Place(location);
  const bytes = new Map<string, number>();
  for await (const object of context.s3.list(bucket, prefix)) {
    if (!isDataObject(object.key)) continue;
    const folder = object.key.slice(prefix.length, object.key.lastIndexOf('/') + 1);
    bytes.set(folder, (bytes.get(folder) ?? 0) + object.size);
  }
  return bytes;
}
