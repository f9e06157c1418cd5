import {
  type FileIndex,
  forgetting,
  isKnown,
  knowing,
  type LedgerEntry,
  type LoadedTable,
  type SourceObject,
  unitKey,
} from '../../core/load/index.ts';
import { UserError } from '../../core/model/exit.ts';
import type { LoadContext } from './context.ts';
import { controlFolder, readJson } from './control.ts';
import { readRecord } from './intent.ts';

/** Which objects a table of mode files is made of: one object beside its lease. */

/** Which objects are loaded; none for a table that never was. */
export async function readIndex(context: LoadContext, table: LoadedTable): Promise<FileIndex> {
  const { bucket, path } = controlFolder(context, table);
  return indexIn((await readJson<FileIndex>(context, bucket, `${path}files.json`))?.value);
}

/** Without what is none of its entries: a hand was in it. Such objects count as not loaded, which loses and doubles nothing. */
function indexIn(value: FileIndex | undefined): FileIndex {
  const entries = Object.entries(value ?? {}).filter(
    ([, each]: [string, unknown]) => Array.isArray(each) && typeof each[0] === 'string' && typeof each[1] === 'number',
  );
  return Object.fromEntries(entries.map(([key, [etag, size]]) => [key, [etag, size] as const]));
}

/** Says that objects are loaded. */
export function writeIndex(context: LoadContext, table: LoadedTable, objects: readonly SourceObject[]): Promise<void> {
  return change(context, table, {
    next: (index) => knowing(index, objects),
    isDone: (index) => objects.every((object) => isKnown(index, object)),
  });
}

/** Says that objects are to be loaded again. */
export function forgetObjects(
  context: LoadContext,
  table: LoadedTable,
  objects: readonly SourceObject[],
): Promise<void> {
  return change(context, table, {
    next: (index) => forgetting(index, objects),
    isDone: (index) => objects.every((object) => index[object.key] === undefined),
  });
}

/** Read and written by the holder of the lease alone, and on the condition that it is still what was read. */
async function change(
  context: LoadContext,
  table: LoadedTable,
  { next, isDone }: { readonly next: (index: FileIndex) => FileIndex; readonly isDone: (index: FileIndex) => boolean },
): Promise<void> {
  const { bucket, path } = controlFolder(context, table);
  const key = `${path}files.json`;
  const found = await readJson<FileIndex>(context, bucket, key);
  const condition = found === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: found.etag };
  const written = await context.s3.put(bucket, key, JSON.stringify(next(indexIn(found?.value))), {
    condition,
    contentType: 'application/json',
  });
  if (written !== undefined) return;
  const now = await readJson<FileIndex>(context, bucket, key);
  if (isDone(indexIn(now?.value))) return;
  throw new UserError(`another run wrote ${key} at the same time`, 'run the load again');
}

/** The objects of the load that a held partition was rolled back from, as far as it is not made of them now. */
export async function leftBehind(
  context: LoadContext,
  table: LoadedTable,
  values: readonly string[],
  held: LedgerEntry,
): Promise<readonly SourceObject[]> {
  const [from] = held.previous;
  const record = from && (await readRecord(context, table, from.id));
  const sources = record?.partitions.find((each) => unitKey(each.values) === unitKey(values))?.sources ?? [];
  const now = new Map(held.sources.map((source) => [source.key, source.etag]));
  return sources.filter((source) => now.get(source.key) !== source.etag);
}
