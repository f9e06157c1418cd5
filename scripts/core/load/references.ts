import type { CatalogPartition, CatalogTable } from '../model/catalog.ts';
import { readLedger } from './ledger.ts';

/** A place in S3, and what points to it. */
export interface Reference {
  readonly location: string;
  /** For people: the table that does, as `database.table`. */
  readonly by: string;
}

/** Which folders directly below a base are pointed to; `all` is what points to the base itself or above it. */
export interface Pointed {
  readonly all: Reference | undefined;
  readonly folders: ReadonlyMap<string, Reference>;
}

/**
 * Every place that an entry of the catalog names, of whatever kind it is: its location, the loads that its ledger keeps,
 * and each S3 address among its other fields. So Iceberg's `metadata_location`, a template of partition projection, a
 * Spark table's `path` and Delta's additional locations count too.
 */
export function placesOf(entry: CatalogTable | CatalogPartition): readonly string[] {
  const { storage, parameters } = entry;
  const past = readLedger(parameters)?.previous.map(({ location }) => location) ?? [];
  const rest = 'rest' in entry ? entry.rest : {};
  const named = addresses([parameters, storage.serde.parameters, storage.rest, rest]);
  return [...addresses(storage.location), ...named.flatMap(withRoot), ...past];
}

function addresses(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^s3[an]?:\/\//i.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(addresses) : [];
}

/** The metadata of an Iceberg table is in a folder beside its data: https://iceberg.apache.org/spec/#file-system-tables */
function withRoot(address: string): readonly string[] {
  const [, root] = /^(.*\/)metadata\/[^/]*\.metadata\.json$/s.exec(address) ?? [];
  return root === undefined ? [address] : [address, root];
}

/** What references point to below a base. Where it is unclear what one of them means, each of its meanings counts. */
export function pointedIn(
  base: { readonly bucket: string; readonly path: string },
  references: readonly Reference[],
): Pointed {
  const whole = `s3://${base.bucket}/${base.path}`;
  const folders = new Map<string, Reference>();
  let all: Reference | undefined;
  for (const reference of references) {
    for (const place of spellings(reference.location, base.bucket)) {
      if (whole.startsWith(place)) all ??= reference;
      else if (place.startsWith(whole)) folders.set(place.slice(0, place.indexOf('/', whole.length) + 1), reference);
    }
  }
  return { all, folders };
}

/**
 * A location as a folder, in each way that a reader may take it: Hadoop joins two slashes to one and some programs write
 * what is escaped, an access point has a name of its own for the bucket, a template stands for everything below it.
 */
function spellings(location: string, bucket: string): readonly string[] {
  const [, scheme = '', rest = ''] = /^(s3[an]?):\/\/(.*)$/is.exec(location) ?? [];
  if (scheme === '') return [];
  const fixed = rest.includes('${') ? rest.slice(0, rest.lastIndexOf('/', rest.indexOf('${')) + 1) : rest;
  const inBucket = fixed.replace(/^[^/]*-s3alias(?=\/|$)/, bucket);
  const found = [inBucket, inBucket.replaceAll(/\/{2,}/g, '/'), decoded(inBucket)];
  return [...new Set(found)].map((each) => `s3://${each}${each.endsWith('/') ? '' : '/'}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
