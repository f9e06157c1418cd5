import {
  apart,
  type Garbage,
  keyOf,
  type ListedObject,
  type LoadBase,
  type LoadedTable,
  loadGraph,
  oldFolders,
  type Reference,
} from '../core/load/index.ts';
import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import { bytesText, logText, plural } from '../core/render/text.ts';
import { chosen } from './load/choose.ts';
import type { LoadContext } from './load/context.ts';
import { catalogReferences, ownReferences } from './load/references.ts';
import { bucketOf } from './load/stored.ts';

export interface GcOptions {
  readonly tables: readonly string[];
  readonly olderThanDays: number;
  /** False: only show what would be deleted. */
  readonly delete: boolean;
}

export interface GcResult {
  readonly tables: readonly TableResult[];
  readonly deleted: boolean;
}

interface TableResult {
  readonly table: string;
  readonly folders: readonly Omit<Garbage, 'keys'>[];
  /** Old folders that no load needs any more, and that another table points to. */
  readonly kept: readonly (Omit<Garbage, 'keys'> & { readonly by: string })[];
  readonly bytes: number;
  readonly deleted: number;
  readonly failures: readonly string[];
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
  const looks: Look[] = [];
  for (const table of tables) looks.push(await look(context, table, before));
  const found = looks.filter(({ candidates }) => candidates.length > 0).length;
  // Also what the tables of this run point to: one may have been pointed into another's folders by hand.
  const own = looks.flatMap((each) => each.own);
  const others = found === 0 ? [] : [...own, ...(await catalogReferences(context, tables))];
  const results: TableResult[] = [];
  for (const each of looks) results.push(await collect(context, each, others, options.delete));
  return { tables: results, deleted: options.delete };
}

/** Prints the result of `gc`; what could not be deleted makes the exit code 1. */
export function printGc(result: GcResult, json: boolean): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const line of gcLines(result)) process.stdout.write(`${logText(line)}\n`);
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
  const kept = result.tables.flatMap((table) =>
    table.kept.map((folder) => `kept: ${folder.location} ${bytesText(folder.bytes)}, ${folder.by} points there`),
  );
  if (lines.length === 0) return ['nothing to collect', ...kept];
  return [
    ...lines,
    ...kept,
    `${bytesText(bytes)} ${result.deleted ? 'deleted' : 'could be deleted: npm run gc -- --delete'}`,
  ];
}

/** What was found of a table before anything else was asked: its old load folders that nothing of its own points to. */
interface Look {
  readonly table: LoadedTable;
  readonly base: LoadBase;
  readonly candidates: readonly Garbage[];
  readonly own: readonly Reference[];
}

async function look(context: LoadContext, table: LoadedTable, before: string): Promise<Look> {
  context.signal.throwIfAborted();
  const base = { bucket: bucketOf(context, table), path: table.location.path };
  const objects: ListedObject[] = [];
  for await (const object of context.s3.list(base.bucket, `${base.path}load-`)) objects.push(object);
  // What points to a load is read after its files were listed, and once more right before they are deleted.
  const own = await ownReferences(context, table);
  return { table, base, own, candidates: apart(base, oldFolders(base, objects, before), own).garbage };
}

async function collect(
  context: LoadContext,
  { table, base, candidates }: Look,
  others: readonly Reference[],
  really: boolean,
): Promise<TableResult> {
  const { garbage, kept } = apart(base, candidates, others);
  const failures: string[] = [];
  let deleted = 0;
  if (really && garbage.length > 0) {
    const now = apart(base, garbage, await ownReferences(context, table)).garbage;
    for (const each of now) {
      context.signal.throwIfAborted();
      const refused = await context.s3
        .delete(base.bucket, each.keys)
        .catch((error: Error) => [{ message: error.message }]);
      failures.push(...refused.map((failure) => `${each.location}: ${failure.message}`));
      if (refused.length === 0) deleted += 1;
    }
  }
  const bytes = garbage.reduce((sum, each) => sum + each.bytes, 0);
  return { table: keyOf(table), folders: garbage.map(told), kept: kept.map(told), bytes, deleted, failures };
}

function told<T extends Garbage>({ keys: _, ...fields }: T): Omit<T, 'keys'> {
  return fields;
}
