import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BucketIndex, NULL_VERSION, versioningOf } from './bucket-index.ts';
import type { Attributes, Entry, EntryFacts } from './entry.ts';
import { assertInside } from './inside.ts';
import { entryRecord, versionField } from './records.ts';
import type { StoreCore } from './store-core.ts';

/** May throw: it is called with what is there at the very moment of the change. */
export type Guard = (current: Entry | undefined) => void;

export interface NewObject {
  readonly etag: string;
  readonly size: number;
  readonly attributes?: Attributes;
  readonly guard?: Guard;
}

export interface RemoveOptions {
  /** Removes that version for good; left out, the object is deleted as its bucket keeps versions or not. */
  readonly versionId?: string;
  readonly guard?: Guard;
}

export interface ObjectChanges {
  /** Renames a finished, synced file into the store and makes it the object, in one step for whoever looks. */
  commit(bucket: string, key: string, file: string, object: NewObject): Promise<Entry>;
  /** What was removed, or the delete marker that was laid; undefined: there was nothing. */
  remove(bucket: string, key: string, options?: RemoveOptions): Promise<Entry | undefined>;
  setTags(entry: Entry, tags: Readonly<Record<string, string>>): Promise<void>;
}

/** `onFile` is told each path before a file gets it. */
export function objectChanges(core: StoreCore, onFile: (path: string) => void): ObjectChanges {
  return {
    // Everything up to the journal's line happens in one turn of the event loop: no lock is needed, and two writers
    // of a key meet their guards one after the other.
    async commit(name, key, file, object) {
      const bucket = core.need(name);
      object.guard?.(bucket.current(key));
      const facts: EntryFacts = {
        bucket: name,
        key,
        versionId: newVersionId(bucket),
        deleteMarker: false,
        generation: freeGeneration(bucket.versions(key)),
        marked: false,
        size: object.size,
        etag: object.etag,
        lastModified: Date.now(),
        attributes: object.attributes ?? {},
      };
      const entry = place(core, facts, file, onFile);
      core.discard(core.change(bucket, entryRecord(entry)));
      await core.journal.flushed();
      return entry;
    },
    async remove(name, key, { versionId, guard } = {}) {
      const bucket = core.need(name);
      guard?.(bucket.current(key));
      const keeps = versioningOf(bucket) !== 'off';
      if (versionId === undefined && keeps) return mark(core, bucket, key);
      const removed = bucket.versions(key).find((one) => one.versionId === (versionId ?? NULL_VERSION));
      if (!removed) return undefined;
      core.discard(core.change(bucket, { o: 'del', b: name, k: key, ...versionField(removed.versionId) }));
      await core.journal.flushed();
      return removed;
    },
    async setTags({ bucket, key, versionId }, tags) {
      core.change(core.need(bucket), { o: 'tags', b: bucket, k: key, ...versionField(versionId), t: tags });
      await core.journal.flushed();
    },
  };
}

const IN_THE_WAY: ReadonlySet<string | undefined> = new Set(['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY']);

/** Gives the file its name: the plain one, or the marked one where another key's file or folder is in the way of that. */
function place(core: StoreCore, facts: EntryFacts, file: string, onFile: (path: string) => void): Entry {
  const entry = core.makeEntry(facts);
  const path = entry.path;
  try {
    assertInside(core.root, dirname(path));
    mkdirSync(dirname(path), { recursive: true });
    onFile(path);
    renameSync(file, path);
    return entry;
  } catch (error) {
    const inTheWay = !facts.marked && IN_THE_WAY.has((error as NodeJS.ErrnoException).code);
    if (inTheWay) return place(core, { ...facts, marked: true }, file, onFile);
    throw error;
  }
}

async function mark(core: StoreCore, bucket: BucketIndex, key: string): Promise<Entry> {
  const version = versionField(newVersionId(bucket));
  core.discard(core.change(bucket, { o: 'mark', b: bucket.name, k: key, ...version, m: Date.now() }));
  await core.journal.flushed();
  return bucket.versions(key)[0]!;
}

/** Where versions are kept each has a name of its own; where they no longer are, the one named null is replaced. */
function newVersionId(bucket: BucketIndex): string {
  return versioningOf(bucket) === 'enabled' ? randomBytes(16).toString('base64url') : NULL_VERSION;
}

/** The plain path where it is free: that is what people look for. */
function freeGeneration(versions: readonly Entry[]): number {
  const taken = new Set(versions.map(({ generation }) => generation));
  let generation = 0;
  while (taken.has(generation)) generation += 1;
  return generation;
}
