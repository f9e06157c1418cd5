import { folderAt, keyOf, type SourceObject, unitKey, valuesReader } from '../../core/load/index.ts';
import type { CatalogPartition } from '../../core/model/catalog.ts';
import type { TableDefinition } from '../../core/model/definition.ts';
import { UserError } from '../../core/model/exit.ts';
import { plural } from '../../core/render/text.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { bucketOf } from './stored.ts';

/**
 * Athena sees the folders of a landing table without projection only where the catalog has them as partitions. A load
 * found its objects by listing S3, so it registers those that are missing: else it would load a day as empty.
 */
export async function registerSources(
  context: LoadContext,
  discovery: Discovery,
  objects: readonly SourceObject[],
): Promise<void> {
  for (const { kind, table } of discovery.reads) {
    if (kind !== 'objects' || table.partitions.length === 0 || table.projection !== undefined) continue;
    const wanted = foldersOf(context, table, objects);
    if (wanted.size > 0) await registerMissing(context, table, wanted);
  }
}

/** A partition that objects are in, by their folders. */
interface Wanted {
  readonly values: readonly string[];
  /** The folder of the first of them. */
  readonly location: string;
  readonly keys: readonly string[];
}

/** The partitions that objects of a table are in, by their values. */
function foldersOf(
  context: LoadContext,
  table: TableDefinition,
  objects: readonly SourceObject[],
): ReadonlyMap<string, Wanted> {
  const base = `s3://${bucketOf(context, table)}/`;
  const read = valuesReader(table);
  const found = new Map<string, { values: readonly string[]; location: string; keys: string[] }>();
  for (const object of objects) {
    if (!object.key.startsWith(base + table.location.path)) continue;
    const key = object.key.slice(base.length);
    const values = read(key);
    if (values === undefined) continue;
    const folders = key.slice(table.location.path.length).split('/').slice(0, table.partitions.length);
    const location = `${base}${table.location.path}${folders.join('/')}/`;
    const before = found.get(unitKey(values));
    if (before === undefined) found.set(unitKey(values), { values, location, keys: [object.key] });
    else before.keys.push(object.key);
  }
  return found;
}

async function registerMissing(
  context: LoadContext,
  table: TableDefinition,
  wanted: ReadonlyMap<string, Wanted>,
): Promise<void> {
  const database = inEnvironment(context, table.database);
  const [live, entries] = await Promise.all([
    context.glue.getTable(database, table.name),
    context.glue.listPartitions(database, table.name),
  ]);
  if (live === undefined) {
    throw new UserError(`${keyOf(table)} is not in the catalog`, `npm run apply -- --env ${context.environment.name}`);
  }
  const known = new Map(entries.map((entry) => [unitKey(entry.values), entry.storage.location]));
  for (const [key, each] of wanted) refuseUnread(table, each, known.get(key) ?? each.location);
  const missing = [...wanted].flatMap(([key, { values, location }]): CatalogPartition[] =>
    known.has(key) ? [] : [{ values, storage: { ...live.storage, location }, parameters: {} }],
  );
  const failures = await context.glue.createPartitions(database, table.name, missing);
  const [failure] = failures.filter((each) => each.code !== 'AlreadyExistsException');
  if (failure === undefined) return;
  throw new UserError(
    `partition ${failure.values.join('/')} of ${keyOf(table)} could not be registered: ${failure.code}: ${failure.message}`,
    'run the load again',
  );
}

/**
 * Athena reads a partition at its one location. What lies in another folder of the same values (`day=1` beside `day=%31`,
 * or a partition that somebody registered elsewhere) would be called loaded, and its rows would be nowhere.
 */
function refuseUnread(table: TableDefinition, { values, keys }: Wanted, location: string): void {
  const folder = folderAt(location);
  const unread = keys.filter((key) => !key.startsWith(folder));
  if (unread.length === 0) return;
  throw new UserError(
    `${plural(unread.length, 'file')} of partition ${values.join('/')} of ${keyOf(table)} would not be read, since it is at ${folder}: ${unread[0]}`,
    'move what lies elsewhere there, or have the partition point to where the files are',
  );
}
