import { type BucketIndex, NULL_VERSION } from './bucket-index.ts';
import { type Attributes, type Entry, type EntryFacts, factsOf } from './entry.ts';

/** The lines of objects.jsonl; names are short because there is one line an object. */
export type JournalRecord =
  | { readonly o: 'bucket'; readonly b: string; readonly m: number }
  | { readonly o: 'rmbucket'; readonly b: string }
  /** A bucket's setting; without `v` it is removed. */
  | { readonly o: 'set'; readonly b: string; readonly n: string; readonly v?: string }
  | PutRecord
  /** Other tags for a version that is there. */
  | {
      readonly o: 'tags';
      readonly b: string;
      readonly k: string;
      readonly i?: string;
      readonly t: Readonly<Record<string, string>>;
    }
  /** A delete marker. */
  | { readonly o: 'mark'; readonly b: string; readonly k: string; readonly i?: string; readonly m: number }
  /** A version goes; without `i` the one named null. */
  | { readonly o: 'del'; readonly b: string; readonly k: string; readonly i?: string };

export interface PutRecord {
  readonly o: 'put';
  readonly b: string;
  readonly k: string;
  readonly i?: string;
  readonly g?: number;
  /** 1: the path is marked. */
  readonly x?: 1;
  readonly s: number;
  readonly e: string;
  readonly m: number;
  readonly a?: Attributes;
}

/** `i` is left out where it is `null`, which it is for every object of a bucket without versions. */
export function versionField(versionId: string): { readonly i?: string } {
  return versionId === NULL_VERSION ? {} : { i: versionId };
}

export function entryRecord(entry: Entry): JournalRecord {
  const { bucket: b, key: k, lastModified: m, generation, attributes } = entry;
  if (entry.deleteMarker) return { o: 'mark', b, k, ...versionField(entry.versionId), m };
  return {
    o: 'put',
    b,
    k,
    ...versionField(entry.versionId),
    ...(generation ? { g: generation } : {}),
    ...(entry.marked ? { x: 1 } : {}),
    s: entry.size,
    e: entry.etag,
    m,
    ...(Object.keys(attributes).length ? { a: attributes } : {}),
  };
}

/** Does to the index what the record says; used at start-up and at the moment of the change alike. */
export function applyRecord(
  index: BucketIndex,
  record: JournalRecord,
  make: (facts: EntryFacts) => Entry,
): Entry | undefined {
  switch (record.o) {
    case 'put':
      return index.put(make(putFacts(record)));
    case 'mark':
      return index.put(make(markerFacts(record)));
    case 'del':
      return index.drop(record.k, record.i ?? NULL_VERSION);
    case 'tags': {
      const entry = index.versions(record.k).find((one) => one.versionId === (record.i ?? NULL_VERSION));
      if (entry) index.amend(make({ ...factsOf(entry), attributes: { ...entry.attributes, tags: record.t } }));
      return undefined;
    }
    case 'set':
      if (record.v === undefined) index.settings.delete(record.n);
      else index.settings.set(record.n, record.v);
      return undefined;
    default:
      return undefined;
  }
}

function putFacts(record: PutRecord): EntryFacts {
  return {
    bucket: record.b,
    key: record.k,
    versionId: record.i ?? NULL_VERSION,
    deleteMarker: false,
    generation: record.g ?? 0,
    marked: record.x === 1,
    size: record.s,
    etag: record.e,
    lastModified: record.m,
    attributes: record.a ?? {},
  };
}

function markerFacts(record: Extract<JournalRecord, { o: 'mark' }>): EntryFacts {
  return {
    bucket: record.b,
    key: record.k,
    versionId: record.i ?? NULL_VERSION,
    deleteMarker: true,
    generation: -1,
    marked: false,
    size: 0,
    etag: '',
    lastModified: record.m,
    attributes: {},
  };
}
