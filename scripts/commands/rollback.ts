import {
  folderAt,
  keyOf,
  type LedgerEntry,
  type LoadedTable,
  loadGraph,
  type PastLoad,
  readLedger,
  rollbackTarget,
  rolledBack,
  s3Place,
  unitKey,
} from '../core/load/index.ts';
import type { TableDefinition } from '../core/model/definition.ts';
import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import { type DayRange, daysOf, overlaps, partitionName } from '../core/partition/index.ts';
import { logText, plural } from '../core/render/text.ts';
import { chosen, rangeAsked } from './load/choose.ts';
import type { LoadContext } from './load/context.ts';
import { forgetObjects, leftBehind } from './load/file-index.ts';
import { readRecord } from './load/intent.ts';
import { acquireLease } from './load/lease.ts';
import { type Known, type Publication, publishPartitions, publishTable } from './load/publish.ts';
import { alignRejects } from './load/rejects.ts';
import { shorten } from './load/report.ts';
import { bucketOf, liveTable, partitionsOf } from './load/stored.ts';

export interface RollbackOptions {
  readonly table: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The load to go back to; undefined for the one before. */
  readonly load: string | undefined;
  /** Instead of rolling back: let held partitions be loaded again. */
  readonly release: boolean;
  readonly dryRun: boolean;
}

export interface RollbackResult {
  readonly table: string;
  readonly changed: readonly { readonly partition: string; readonly from: string; readonly to: string }[];
  readonly dryRun: boolean;
  readonly released: boolean;
}

/**
 * Points partitions (or a whole table) back to the files of an earlier load, by one catalog write each, as a load
 * publishes. They are held until they are released: no schedule brings the bad rows back.
 */
export async function rollback(context: LoadContext, options: RollbackOptions): Promise<RollbackResult> {
  const [table] = chosen(loadGraph(context.definitions).order, [options.table]);
  if (table === undefined) throw new UserError('no table was named', 'name it with --table database.table');
  const range = rangeFor(table, options);
  const lease = await acquireLease(context, table);
  try {
    const entries = await standingEntries(context, table, range);
    const changes = options.release ? releases(entries) : await backwards(context, table, entries, options);
    const changed = changes.map(({ entry, publication }) => ({
      partition: partitionName(table.partitions, entry.values),
      from: entry.ledger.id,
      to: publication.ledger.id,
    }));
    if (!options.dryRun && changes.length > 0) {
      const live = await liveTable(context, table);
      const ledger = new Map(changes.map(({ entry }) => [unitKey(entry.values), entry.ledger]));
      await lease.hold();
      if (options.release && table.load.mode === 'files') {
        const left = entries.map(({ values, ledger }) =>
          ledger.held === undefined ? [] : leftBehind(context, table, values, ledger),
        );
        await forgetObjects(context, table, (await Promise.all(left)).flat());
      }
      await publish(
        context,
        { table, live, ledger },
        changes.map((change) => change.publication),
      );
      await alignRejects(context, lease, table, range);
    }
    return { table: keyOf(table), changed, dryRun: options.dryRun, released: options.release };
  } finally {
    await lease.release().catch(() => undefined);
  }
}

/** Prints the result of `rollback`. */
export function printRollback(result: RollbackResult, json: boolean): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const line of rollbackLines(result)) process.stdout.write(`${logText(line)}\n`);
  return EXIT.done;
}

function rollbackLines({ table, changed, dryRun, released }: RollbackResult): readonly string[] {
  if (changed.length === 0) return [`${table}: nothing is ${released ? 'held' : 'to be rolled back'} there`];
  const verb = released ? 'released' : 'rolled back';
  const lines = [`${table}: ${plural(changed.length, 'partition')} ${dryRun ? 'would be ' : ''}${verb}`];
  for (const to of new Set(changed.map((each) => each.to))) {
    const those = changed.filter((each) => each.to === to).map((each) => each.partition);
    lines.push(`  ${released ? 'load' : 'to load'} ${to}: ${shorten(those)}`);
  }
  if (!released && !dryRun)
    lines.push(`  held: no schedule loads them until npm run rollback -- --release --table ${table}`);
  return lines;
}

interface Entry {
  readonly values: readonly string[];
  readonly location: string;
  readonly ledger: LedgerEntry;
}

interface Change {
  readonly entry: Entry;
  readonly publication: Publication;
}

function rangeFor(table: LoadedTable, options: RollbackOptions): DayRange | undefined {
  const asked = rangeAsked(options);
  if (table.load.mode === 'replace' || (options.release && asked === undefined)) return undefined;
  if (asked?.from === undefined || asked.to === undefined) {
    throw new UserError(
      `${keyOf(table)} has partitions`,
      'say which with --from DATE and --to DATE (one day: the same)',
    );
  }
  return { from: asked.from, to: asked.to };
}

async function standingEntries(
  context: LoadContext,
  table: LoadedTable,
  range: DayRange | undefined,
): Promise<readonly Entry[]> {
  if (table.load.mode === 'replace') {
    const live = await liveTable(context, table);
    const ledger = readLedger(live.parameters);
    return ledger ? [{ values: [], location: live.storage.location, ledger }] : [];
  }
  const entries = await partitionsOf(context, table, range);
  return entries.flatMap((entry) => {
    const days = daysOf(table.partitions, entry.values);
    const ledger = readLedger(entry.parameters);
    const inside = range === undefined || (days !== undefined && overlaps(days, range));
    return ledger && inside ? [{ values: entry.values, location: entry.storage.location, ledger }] : [];
  });
}

function releases(entries: readonly Entry[]): readonly Change[] {
  return entries
    .filter((entry) => entry.ledger.held !== undefined)
    .map((entry) => {
      const ledger = { ...entry.ledger, held: undefined };
      return { entry, publication: { values: entry.values, location: entry.location, ledger } };
    });
}

/** All of the partitions can go back, or none does. */
async function backwards(
  context: LoadContext,
  table: LoadedTable,
  entries: readonly Entry[],
  options: RollbackOptions,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  const faults: string[] = [];
  const time = new Date(context.now()).toISOString();
  const found = entries.filter((entry) => options.load === undefined || entry.ledger.id !== options.load);
  for (const entry of found) {
    const past = rollbackTarget(entry.ledger, options.load);
    const fault = past === undefined ? noPast(entry, options) : await faultOf(context, table, past);
    if (past === undefined || fault !== undefined) {
      faults.push(`${partitionName(table.partitions, entry.values)}: ${fault}`);
      continue;
    }
    const record = await readRecord(context, table, past.id);
    const remembered = record?.partitions.find((each) => unitKey(each.values) === unitKey(entry.values));
    const ledger = rolledBack(entry.ledger, entry.location, past, remembered, time);
    changes.push({ entry, publication: { values: entry.values, location: past.location, ledger } });
  }
  if (faults.length === 0) return changes;
  throw new UserError(
    `${keyOf(table)} cannot be rolled back:\n  ${shorten(faults).replaceAll(', ', '\n  ')}`,
    'choose other days or another load (--load); nothing was changed',
  );
}

function noPast(entry: Entry, options: RollbackOptions): string {
  const kept = entry.ledger.previous.map((past) => past.id).join(', ');
  if (kept === '') return 'there is no load before';
  return `load ${options.load} is not kept; kept are ${kept}`;
}

/** Parameters of a partition are others' to write, too: what they say must not make a table show another's rows, or none. */
async function faultOf(context: LoadContext, table: LoadedTable, past: PastLoad): Promise<string | undefined> {
  const { bucket, key: prefix } = s3Place(past.location);
  if (bucket === '')
    return `load ${past.id} says that its files are at ${JSON.stringify(past.location)}, which is no place in S3`;
  const folder = folderAt(past.location);
  const other = context.definitions.tables.find(
    (each) => keyOf(each) !== keyOf(table) && isBelow(context, each, folder),
  );
  if (other !== undefined)
    return `load ${past.id} says that its files are at ${past.location}, which is of ${keyOf(other)}`;
  let bytes = 0;
  for await (const object of context.s3.list(bucket, prefix)) bytes += object.size;
  return bytes < past.bytes ? `the files of load ${past.id} are gone from ${past.location}` : undefined;
}

function isBelow(context: LoadContext, table: TableDefinition, folder: string): boolean {
  return folder.startsWith(`s3://${bucketOf(context, table)}/${table.location.path}`);
}

async function publish(
  context: LoadContext,
  known: Known & { readonly table: LoadedTable },
  publications: readonly Publication[],
): Promise<void> {
  if (known.table.load.mode === 'replace') {
    for (const each of publications) await publishTable(context, known, each);
    return;
  }
  // The ledgers that were read here must still be there: no load may come in between.
  await publishPartitions(context, known, publications, '');
}
