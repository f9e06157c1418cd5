import { mappingQuery, type SourceObject, type SourceObjects, unitKey, valuesReader } from '../../core/load/index.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { sourceTable } from './files.ts';
import type { Lease } from './lease.ts';
import { type Meter, runQuery } from './statement.ts';
import { bucketOf } from './stored.ts';

/** A partition that an object has rows in, as the engine writes its values; see Mapping in core/load/files.ts. */
export interface Mapped {
  readonly object: string | undefined;
  readonly values: readonly (string | null)[];
}

/** What was asked of objects before in this run, by key and ETag. */
export type KnownMappings = Map<string, readonly Mapped[]>;

/** Bytes that are still to be read before it is known where the rows of objects go. */
export function bytesToMap(mapped: KnownMappings, objects: readonly SourceObject[]): number {
  return objects.reduce((sum, object) => sum + (mapped.has(versionOf(object)) ? 0 : object.size), 0);
}

/** Which object has rows in which partition: asked of the engine, once for each object. */
export async function mappingOf(
  run: { readonly context: LoadContext; readonly lease: Lease; readonly meter: Meter; readonly mapped: KnownMappings },
  discovery: Discovery,
  objects: readonly SourceObject[],
): Promise<readonly Mapped[]> {
  const { context, meter, mapped } = run;
  const unknown = objects.filter((object) => !mapped.has(versionOf(object)));
  if (unknown.length > 0) {
    const paths = unknown.map((object) => object.key);
    const rename = (database: string): string => inEnvironment(context, database);
    const only = objectsIn(context, discovery, paths);
    const { sql, byObject } = mappingQuery({ table: discovery.table, rename, objects: only });
    const loadId = `${context.now()} ${context.nonce()}`;
    const { rows } = await run.lease.during(runQuery(context, { sql, loadId, step: 'objects', meter }));
    const width = discovery.table.partitions.length;
    // Without the object's column nothing can be said of one object alone, nor be known of it later.
    if (!byObject) return rows.map((row) => ({ object: undefined, values: row.slice(0, width) }));
    const found = new Map(unknown.map(({ key }): [string, Mapped[]] => [key, []]));
    for (const [object = null, ...row] of rows) {
      if (object !== null) found.get(object)?.push({ object, values: row.slice(0, width) });
    }
    for (const object of unknown) mapped.set(versionOf(object), found.get(object.key) ?? []);
  }
  return objects.flatMap((object) => mapped.get(versionOf(object)) ?? []);
}

function versionOf({ key, etag }: SourceObject): string {
  return JSON.stringify([key, etag]);
}

/** Objects as a statement may be restricted to them. */
export function objectsIn(context: LoadContext, discovery: Discovery, paths: readonly string[]): SourceObjects {
  const table = sourceTable(discovery.table, discovery.reads);
  const read = valuesReader(table);
  const base = `s3://${bucketOf(context, table)}/`;
  const values = paths.map((path) => read(path.slice(base.length)) ?? []);
  const partitions = table.partitions.length === 0 || values.some((each) => each.length === 0) ? [] : values;
  return { table, paths, partitions: [...new Map(partitions.map((each) => [unitKey(each), each])).values()] };
}
