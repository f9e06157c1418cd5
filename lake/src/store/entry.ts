import type { StoredObject } from './object-store.ts';

export interface Checksum {
  readonly algorithm: string;
  /** Base64; for a composite one with `-<parts>` behind it, as S3 shows it. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** What S3 keeps of an object beside its bytes; left out of the journal where it is the default. */
export interface Attributes {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Cache-Control, Content-Disposition, Content-Encoding, Content-Language, Expires: lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly checksum?: Checksum;
  /** Sizes of the parts of a multipart upload. */
  readonly parts?: readonly number[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly storageClass?: string;
  /** Server-side encryption headers as they were asked for. */
  readonly encryption?: Readonly<Record<string, string>>;
  /** The multipart upload that made it: its left-overs may go. */
  readonly uploadId?: string;
}

export interface EntryFacts {
  readonly bucket: string;
  readonly key: string;
  /** `null` where versions are not kept. */
  readonly versionId: string;
  /** Says that the object is deleted, and has no bytes: only where versions are kept. */
  readonly deleteMarker: boolean;
  /** Tells the files of one key apart. */
  readonly generation: number;
  /** Its plain path was not to be had: see keyPath. */
  readonly marked: boolean;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: number;
  readonly attributes: Attributes;
}

/** An object in the index: the contract's fields, and what only S3's own operations ask for. */
export interface Entry extends StoredObject, EntryFacts {}

const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({});
export const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';

/** The path is worked out when asked for: an index of a million keys need not hold it. */
export function createEntry(facts: EntryFacts, pathOf: (facts: EntryFacts) => string): Entry {
  return new IndexEntry(facts, pathOf);
}

class IndexEntry implements Entry {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly generation: number;
  readonly marked: boolean;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: number;
  readonly attributes: Attributes;
  readonly #pathOf: (facts: EntryFacts) => string;

  constructor(facts: EntryFacts, pathOf: (facts: EntryFacts) => string) {
    this.bucket = facts.bucket;
    this.key = facts.key;
    this.versionId = facts.versionId;
    this.deleteMarker = facts.deleteMarker;
    this.generation = facts.generation;
    this.marked = facts.marked;
    this.size = facts.size;
    this.etag = facts.etag;
    this.lastModified = facts.lastModified;
    this.attributes = facts.attributes;
    this.#pathOf = pathOf;
  }
  get contentType(): string {
    return this.attributes.contentType ?? DEFAULT_CONTENT_TYPE;
  }
  get metadata(): Readonly<Record<string, string>> {
    return this.attributes.metadata ?? NO_METADATA;
  }
  get path(): string {
    return this.#pathOf(this);
  }
}

/** The facts alone, to make another entry of them. */
export function factsOf(entry: Entry): EntryFacts {
  const { bucket, key, versionId, deleteMarker, generation, marked, size, etag, lastModified, attributes } = entry;
  return { bucket, key, versionId, deleteMarker, generation, marked, size, etag, lastModified, attributes };
}
