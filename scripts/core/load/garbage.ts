import { plainLocation } from './place.ts';

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

/** A load's folder directly below a table's base, as load names it; anything else is not ours to delete. */
const LOAD_FOLDER = /^load-\d{8}t\d{6}-[a-z0-9]{8}\/$/;

/**
 * The load folders below a table's base that no location points into, and whose newest object is older than the grace
 * time (readers that planned a query before still read the old files, and a statement may still be writing).
 */
export function garbage(
  base: { readonly bucket: string; readonly path: string },
  objects: readonly ListedObject[],
  referenced: readonly string[],
  before: string,
): readonly Garbage[] {
  const folders = new Map<string, ListedObject[]>();
  for (const object of objects) {
    const rest = object.key.startsWith(base.path) ? object.key.slice(base.path.length) : '';
    const folder = rest.slice(0, rest.indexOf('/') + 1);
    if (!LOAD_FOLDER.test(folder)) continue;
    folders.set(folder, [...(folders.get(folder) ?? []), object]);
  }
  return [...folders].flatMap(([folder, found]) => {
    const location = `s3://${base.bucket}/${base.path}${folder}`;
    const newest = found.map((object) => object.lastModified).reduce((a, b) => (a > b ? a : b));
    if (referenced.some((each) => pointsInto(each, location)) || newest >= before || newest === '') return [];
    const bytes = found.reduce((sum, object) => sum + object.size, 0);
    return [{ location, keys: found.map((object) => object.key), bytes, newest }];
  });
}

/** True if reading one location reads something of the other: they are the same, or one is a folder of the other. */
function pointsInto(reference: string, location: string): boolean {
  const place = plainLocation(reference);
  const folder = place.endsWith('/') ? place : `${place}/`;
  return folder.startsWith(location) || location.startsWith(folder);
}
