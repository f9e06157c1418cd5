import { type LedgerEntry, loadIdOf, s3Place } from '../../core/load/index.ts';
import type { CatalogTable } from '../../core/model/catalog.ts';
import { isDataObject } from '../../core/partition/index.ts';
import type { LoadContext } from './context.ts';

/** Loads that no load of Weir wrote: what was there before, entered into the ledger by `load --adopt`. */
const ADOPTED = 'adopted-';

/** True for what was entered by `load --adopt`: no load of Weir wrote its files. */
export function isAdopted(entry: Pick<LedgerEntry, 'id'>): boolean {
  return entry.id.startsWith(ADOPTED);
}

/** The id under which one run of `load --adopt` enters all that it finds. */
export function adoptedId(time: string, nonce: string): string {
  return ADOPTED + loadIdOf(time, nonce);
}

/** The objects at a location that no load of Weir wrote. */
export async function* ownObjects(
  context: LoadContext,
  location: string,
): AsyncIterable<{ readonly key: string; readonly size: number }> {
  const { bucket, key } = s3Place(location);
  const folder = key === '' || key.endsWith('/') ? key : `${key}/`;
  if (bucket === '') return;
  for await (const object of context.s3.list(bucket, folder)) {
    const below = object.key.slice(folder.length);
    if (isDataObject(object.key) && !below.startsWith('load-') && object.size > 0) yield object;
  }
}

/** True for a whole table that has rows which no load wrote. */
export async function hasRows(context: LoadContext, live: CatalogTable): Promise<boolean> {
  for await (const _ of ownObjects(context, live.storage.location)) return true;
  return false;
}
