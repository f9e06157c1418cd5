import { keyOf, type LoadedTable } from '../../core/load/index.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import { bucketOf } from './stored.ts';

/**
 * Where a table's lease, intents and load records are: in the bucket of its data, outside of every table's folder, below
 * the database's name in the environment, so that two environments in one bucket do not meet.
 */
export interface ControlFolder {
  readonly bucket: string;
  /** Ends with a slash. */
  readonly path: string;
}

const CONTROL = 'weir-control/';

/** The control folder of a table in the environment. */
export function controlFolder(context: LoadContext, table: LoadedTable): ControlFolder {
  const key = keyOf({ database: inEnvironment(context, table.database), name: table.name });
  return { bucket: bucketOf(context, table), path: `${CONTROL}${encodeURIComponent(key)}/` };
}

/** An object of JSON with its ETag; without a value where it holds none; undefined if it is not there. */
export async function readJson<T extends object>(
  context: LoadContext,
  bucket: string,
  key: string,
): Promise<{ readonly value: T | undefined; readonly etag: string } | undefined> {
  const found = await context.s3.get(bucket, key);
  if (found === undefined) return undefined;
  try {
    const value = JSON.parse(new TextDecoder().decode(found.body)) as T | null;
    return { value: typeof value === 'object' && value !== null ? value : undefined, etag: found.etag };
  } catch {
    return { value: undefined, etag: found.etag };
  }
}
