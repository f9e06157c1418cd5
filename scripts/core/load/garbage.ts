import { pointedIn, type Reference } from './references.ts';

/** Which prefixes of loads nothing points to any more. */

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** ISO time. */
  readonly lastModified: string;
}

export interface Garbage {
  /** s3://bucket/<base>load-<id>/ */
  readonly location: string;
  readonly keys: readonly string[];
  readonly bytes: number;
  readonly newest: string;
}

/** Where a table's loads are. */
export interface LoadBase {
  readonly bucket: string;
  readonly path: string;
}

/** A load's folder directly below a table's base, as load names it; anything else is not ours to delete. */
const LOAD_FOLDER = /^load-\d{8}t\d{6}-[a-z0-9]{8}\/$/;

/**
 * The load folders below a table's base whose newest object is older than the grace time (readers that planned a query
 * before still read the old files, and a statement may still be writing).
 */
export function oldFolders(base: LoadBase, objects: readonly ListedObject[], before: string): readonly Garbage[] {
  const folders = new Map<string, ListedObject[]>();
  for (const object of objects) {
    const rest = object.key.startsWith(base.path) ? object.key.slice(base.path.length) : '';
    const folder = rest.slice(0, rest.indexOf('/') + 1);
    if (!LOAD_FOLDER.test(folder)) continue;
    const known = folders.get(folder);
    if (known === undefined) folders.set(folder, [object]);
    else known.push(object);
  }
  return [...folders].flatMap(([folder, found]) => {
    const newest = found.map((object) => object.lastModified).reduce((a, b) => (a > b ? a : b));
    if (newest >= before || newest === '') return [];
    const bytes = found.reduce((sum, object) => sum + object.size, 0);
    const location = `s3://${base.bucket}/${base.path}${folder}`;
    return [{ location, keys: found.map((object) => object.key), bytes, newest }];
  });
}

/** Sets apart the folders that something points to: reading one location reads something of the other. */
export function apart(
  base: LoadBase,
  folders: readonly Garbage[],
  references: readonly Reference[],
): { readonly garbage: readonly Garbage[]; readonly kept: readonly (Garbage & { readonly by: string })[] } {
  const pointed = pointedIn(base, references);
  const by = (folder: Garbage): string | undefined => (pointed.folders.get(folder.location) ?? pointed.all)?.by;
  return {
    garbage: folders.filter((folder) => by(folder) === undefined),
    kept: folders.flatMap((folder) => {
      const who = by(folder);
      return who === undefined ? [] : [{ ...folder, by: who }];
    }),
  };
}
