import {
  type Garbage,
  garbage,
  keyOf,
  type ListedObject,
  type LoadedTable,
  loadGraph,
  readLedger,
} from '../core/load/index.ts';
import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import { bytesText, plural } from '../core/render/text.ts';
import { chosen } from './load/choose.ts';
import { inEnvironment, type LoadContext } from './load/context.ts';
import { openIntents } from './load/lease.ts';
import { bucketOf } from './load/stored.ts';

export interface GcOptions {
  readonly tables: readonly string[];
  readonly olderThanDays: number;
  /** False: only show what would be deleted. */
  readonly delete: boolean;
}

export interface GcResult {
  readonly tables: readonly {
    readonly table: string;
    readonly folders: readonly Omit<Garbage, 'keys'>[];
    readonly bytes: number;
    readonly deleted: number;
    readonly failures: readonly string[];
  }[];
  readonly deleted: boolean;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 36_500;

/** Finds, and on request deletes, the files of loads that neither the catalog nor the ledger points to. */
export async function gc(context: LoadContext, options: GcOptions): Promise<GcResult> {
  if (!(options.olderThanDays >= 1)) {
    throw new UserError('files of less than a day may still be read or written', 'give --older-than 1 or more');
  }
  if (options.olderThanDays > MOST_DAYS) {
    throw new UserError(
      `${options.olderThanDays} days are no time to wait for`,
      `give --older-than ${MOST_DAYS} or less`,
    );
  }
  const before = new Date(context.now() - options.olderThanDays * DAY_MS).toISOString();
  const tables = chosen(loadGraph(context.definitions).order, options.tables);
  // Also what the tables of this run point to: one may have been pointed into another's folders by hand.
  const others = [...(await otherLocations(context, tables))];
  for (const table of tables) others.push(...(await ownLocations(context, table)));
  const results: GcResult['tables'][number][] = [];
  for (const table of tables) {
    context.signal.throwIfAborted();
    results.push(await collect(context, table, others, before, options.delete));
  }
  return { tables: results, deleted: options.delete };
}

/** Prints the result of `gc`; what could not be deleted makes the exit code 1. */
export function printGc(result: GcResult, json: boolean): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const line of gcLines(result)) process.stdout.write(`${line}\n`);
  return result.tables.some((table) => table.failures.length > 0) ? EXIT.error : EXIT.done;
}

function gcLines(result: GcResult): readonly string[] {
  const lines = result.tables.flatMap(({ table, folders, bytes, failures }) => {
    if (folders.length === 0) return [];
    const what = `${plural(folders.length, 'load')}, ${bytesText(bytes)}`;
    const each = folders.map(
      (folder) => `  ${folder.location} ${bytesText(folder.bytes)}, last written ${folder.newest}`,
    );
    return [`${table}: ${what}`, ...each, ...failures.map((failure) => `  error: ${failure}`)];
  });
  const bytes = result.tables.reduce((sum, table) => sum + table.bytes, 0);
  if (lines.length === 0) return ['nothing to collect'];
  return [...lines, `${bytesText(bytes)} ${result.deleted ? 'deleted' : 'could be deleted: npm run gc -- --delete'}`];
}

async function collect(
  context: LoadContext,
  table: LoadedTable,
  others: readonly string[],
  before: string,
  really: boolean,
): Promise<GcResult['tables'][number]> {
  const base = { bucket: bucketOf(context, table), path: table.location.path };
  const objects: ListedObject[] = [];
  for await (const object of context.s3.list(base.bucket, `${base.path}load-`)) objects.push(object);
  // What points to a load is read after its files were listed, and once more right before they are deleted.
  const found = garbage(base, objects, [...others, ...(await ownLocations(context, table))], before);
  const failures: string[] = [];
  let deleted = 0;
  if (really && found.length > 0) {
    const now = new Set(
      garbage(base, objects, [...others, ...(await ownLocations(context, table))], before).map((each) => each.location),
    );
    for (const each of found.filter((one) => now.has(one.location))) {
      context.signal.throwIfAborted();
      const refused = await context.s3
        .delete(base.bucket, each.keys)
        .catch((error: Error) => [{ message: error.message }]);
      failures.push(...refused.map((failure) => `${each.location}: ${failure.message}`));
      if (refused.length === 0) deleted += 1;
    }
  }
  const folders = found.map(({ location, bytes, newest }) => ({ location, bytes, newest }));
  const bytes = folders.reduce((sum, each) => sum + each.bytes, 0);
  return { table: keyOf(table), folders, bytes, deleted, failures };
}

/** Everything of a table that points to files: its partitions or itself, the loads kept for rollback, those under way. */
async function ownLocations(context: LoadContext, table: LoadedTable): Promise<readonly string[]> {
  const [database, name] = [inEnvironment(context, table.database), table.name];
  const live = await context.glue.getTable(database, name);
  if (live === undefined) {
    throw new UserError(`${keyOf(table)} is not in the catalog`, 'nothing of it is deleted; npm run plan shows why');
  }
  const entries = table.partitions.length > 0 ? await context.glue.listPartitions(database, name) : [live];
  const intents = await openIntents(context, table);
  if (intents === undefined) {
    const cure = `nothing of it is deleted; npm run load -- --table ${keyOf(table)} mends its lease`;
    throw new UserError(`the lease of ${keyOf(table)} cannot be read, so nothing says which loads are under way`, cure);
  }
  return [
    ...entries.map((entry) => entry.storage.location),
    ...entries.flatMap((entry) => readLedger(entry.parameters)?.previous.map((past) => past.location) ?? []),
    ...intents.map((intent) => intent.location),
  ];
}

/** Locations of every other table of the catalog, and of the partitions of those in the lake's own databases. */
async function otherLocations(context: LoadContext, tables: readonly LoadedTable[]): Promise<readonly string[]> {
  const loaded = new Set(tables.map((table) => `${inEnvironment(context, table.database)}.${table.name}`));
  const own = new Set(Object.keys(context.definitions.lake.databases).map((name) => inEnvironment(context, name)));
  const locations: string[] = [];
  for (const { name: database } of await context.glue.listDatabases()) {
    for (const table of await context.glue.listTables(database)) {
      if (loaded.has(`${database}.${table.name}`)) continue;
      if (table.storage.location !== '') locations.push(table.storage.location);
      if (!own.has(database) || table.partitionKeys.length === 0) continue;
      if (table.parameters['projection.enabled'] === 'true') continue;
      const entries = await context.glue.listPartitions(database, table.name);
      locations.push(...entries.map((entry) => entry.storage.location));
    }
  }
  return locations;
}
