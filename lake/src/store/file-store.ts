import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { isBucketName } from './bucket-name.ts';
import { type Attributes, createEntry, type Entry, type EntryFacts } from './entry.ts';
import { assertInside } from './inside.ts';
import { openJournal } from './journal.ts';
import { createKeyOrder, type KeyOrder } from './key-order.ts';
import { keyPath } from './key-path.ts';
import type { ObjectStore } from './object-store.ts';
import { type JournalRecord, putRecord } from './records.ts';
import { inTurns, sweepOrphans } from './sweep.ts';

export interface Bucket {
  readonly name: string;
  readonly created: number;
  /** Sub-resources as they were put (versioning, policy, tagging ...), by name. */
  readonly settings: ReadonlyMap<string, string>;
  readonly order: Pick<KeyOrder, 'size' | 'at' | 'from' | 'afterPrefix'>;
}

/** May throw: it is called with what is there at the very moment of the change. */
export type Guard = (current: Entry | undefined) => void;

export interface NewObject {
  readonly etag: string;
  readonly size: number;
  readonly attributes?: Attributes;
  readonly guard?: Guard;
}

/** The contract that the rest of the lake reads by, and what S3's operations need beyond it. */
export interface FileStore extends ObjectStore {
  buckets(): readonly Bucket[];
  bucket(name: string): Bucket | undefined;
  createBucket(name: string): Promise<void>;
  /** The bucket must be empty. */
  deleteBucket(name: string): Promise<void>;
  /** `undefined` removes the setting. */
  setSetting(bucket: string, name: string, value: string | undefined): Promise<void>;
  head(bucket: string, key: string): Entry | undefined;
  /** A path for a file that `commit` will take. */
  temporaryFile(): string;
  /** Renames a finished, synced file into the store and makes it the object, in one step for whoever looks. */
  commit(bucket: string, key: string, file: string, object: NewObject): Promise<Entry>;
  remove(bucket: string, key: string, guard?: Guard): Promise<Entry | undefined>;
  setTags(bucket: string, key: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** Removes what a killed process left of files without an object; may run while the store works. */
  sweep(): Promise<number>;
  close(): Promise<void>;
}

interface BucketState extends Bucket {
  readonly settings: Map<string, string>;
  readonly entries: Map<string, Entry>;
  order: KeyOrder;
}

/** Opens the objects below `dir`; the folder must be held by this process (see folder.ts). */
export function openFileStore(dir: string, options: { readonly foldsCase: boolean } = { foldsCase: false }): FileStore {
  const root = join(dir, 'objects');
  const temporary = join(dir, 'tmp');
  rmSync(temporary, { recursive: true, force: true });
  for (const folder of [root, temporary]) mkdirSync(folder, { recursive: true });
  const buckets = new Map<string, BucketState>();
  const pathOf = ({ bucket, key, generation }: EntryFacts) =>
    join(root, bucket, keyPath(key, generation, options.foldsCase));

  let closed = false;
  let sweeping: Promise<number> = Promise.resolve(0);
  /** Paths named while a sweep runs. */
  let fresh: Set<string> | undefined;

  const journal = openJournal(join(dir, 'objects.jsonl'), (record) => replay(record as JournalRecord));
  for (const bucket of buckets.values()) bucket.order = createKeyOrder(bucket.entries.keys());
  if (journal.lines > 1000 + 2 * liveRecords()) journal.rewrite(snapshot());

  function replay(record: JournalRecord): void {
    if (record.o === 'bucket') {
      buckets.set(record.b, newBucket(record.b, record.m));
      return;
    }
    const bucket = buckets.get(record.b);
    if (!bucket) return;
    if (record.o === 'rmbucket') buckets.delete(record.b);
    else if (record.o === 'set' && record.v === undefined) bucket.settings.delete(record.n);
    else if (record.o === 'set') bucket.settings.set(record.n, record.v!);
    else if (record.o === 'del') bucket.entries.delete(record.k);
    else bucket.entries.set(record.k, createEntry(putFacts(record), pathOf));
  }
  function liveRecords(): number {
    return [...buckets.values()].reduce((sum, bucket) => sum + 1 + bucket.settings.size + bucket.entries.size, 0);
  }
  function* snapshot(): Generator<JournalRecord> {
    for (const bucket of buckets.values()) {
      yield { o: 'bucket', b: bucket.name, m: bucket.created };
      for (const [n, v] of bucket.settings) yield { o: 'set', b: bucket.name, n, v };
      for (const entry of bucket.entries.values()) yield putRecord(entry);
    }
  }
  function needBucket(name: string): BucketState {
    const bucket = buckets.get(name);
    if (!bucket) throw new Error(`no bucket ${name}`);
    return bucket;
  }

  const store: FileStore = {
    hasBucket: (name) => buckets.has(name),
    buckets: () => [...buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    bucket: (name) => buckets.get(name),
    async createBucket(name) {
      if (!isBucketName(name)) throw new Error(`${name} is no bucket name`);
      if (buckets.has(name)) return;
      const created = Date.now();
      journal.append({ o: 'bucket', b: name, m: created } satisfies JournalRecord);
      buckets.set(name, newBucket(name, created));
      await journal.flushed();
    },
    async deleteBucket(name) {
      if (needBucket(name).entries.size > 0) throw new Error(`bucket ${name} is not empty`);
      journal.append({ o: 'rmbucket', b: name } satisfies JournalRecord);
      buckets.delete(name);
      rmSync(join(root, name), { recursive: true, force: true });
      await journal.flushed();
    },
    async setSetting(bucket, name, value) {
      const { settings } = needBucket(bucket);
      const record: JournalRecord = { o: 'set', b: bucket, n: name, ...(value === undefined ? {} : { v: value }) };
      journal.append(record);
      if (value === undefined) settings.delete(name);
      else settings.set(name, value);
      await journal.flushed();
    },

    head: (bucket, key) => buckets.get(bucket)?.entries.get(key),
    list(name, prefix) {
      const bucket = buckets.get(name);
      if (!bucket) return [];
      const found: Entry[] = [];
      const end = bucket.order.afterPrefix(prefix);
      for (let i = bucket.order.from(prefix); i < end; i += 1) found.push(bucket.entries.get(bucket.order.at(i)!)!);
      return found;
    },

    async put(bucket, key, body, putOptions = {}) {
      const file = store.temporaryFile();
      const handle = await open(file, 'wx');
      try {
        await handle.writeFile(body);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      const etag = createHash('md5').update(body).digest('hex');
      return store.commit(bucket, key, file, { etag, size: body.length, attributes: contentType(putOptions) });
    },
    async adopt(bucket, key, file, putOptions = {}) {
      const etag = await syncedMd5(file);
      return store.commit(bucket, key, file, { etag, size: statSync(file).size, attributes: contentType(putOptions) });
    },
    async delete(bucket, key) {
      await store.remove(bucket, key);
    },
    scratch() {
      const folder = join(temporary, randomUUID());
      mkdirSync(folder);
      return folder;
    },
    temporaryFile: () => join(temporary, randomUUID()),

    // Everything up to the journal's line happens in one turn of the event loop: no lock is needed, and two writers
    // of a key meet their guards one after the other.
    async commit(name, key, file, object) {
      const bucket = needBucket(name);
      const current = bucket.entries.get(key);
      object.guard?.(current);
      const facts: EntryFacts = {
        bucket: name,
        key,
        generation: current?.generation === 0 ? 1 : 0,
        size: object.size,
        etag: object.etag,
        lastModified: Date.now(),
        attributes: object.attributes ?? {},
      };
      const entry = createEntry(facts, pathOf);
      const path = entry.path;
      mkdirSync(dirname(path), { recursive: true });
      assertInside(root, dirname(path));
      fresh?.add(path);
      renameSync(file, path);
      journal.append(putRecord(entry));
      bucket.entries.set(key, entry);
      if (current) discard(current.path);
      else bucket.order.add(key);
      await journal.flushed();
      return entry;
    },
    async remove(name, key, guard) {
      const bucket = needBucket(name);
      const current = bucket.entries.get(key);
      guard?.(current);
      if (!current) return undefined;
      journal.append({ o: 'del', b: name, k: key } satisfies JournalRecord);
      bucket.entries.delete(key);
      bucket.order.remove(key);
      discard(current.path);
      await journal.flushed();
      return current;
    },
    async setTags(name, key, tags) {
      const bucket = needBucket(name);
      const current = bucket.entries.get(key);
      if (!current) throw new Error(`no object ${key}`);
      const entry = createEntry({ ...factsOf(current), attributes: { ...current.attributes, tags } }, pathOf);
      journal.append(putRecord(entry));
      bucket.entries.set(key, entry);
      await journal.flushed();
    },
    async sweep() {
      fresh = new Set();
      const entries = [...buckets.values()].flatMap((bucket) => [...bucket.entries.values()]);
      sweeping = sweepOrphans(root, {
        async *paths() {
          for await (const entry of inTurns(entries)) yield entry.path;
        },
        isFresh: (path) => fresh?.has(path) ?? true,
        stopped: () => closed,
      });
      const removed = await sweeping;
      fresh = undefined;
      return removed;
    },
    async close() {
      closed = true;
      await sweeping;
      await journal.flushed();
      journal.close();
    },
  };

  /** Takes bytes away that no record names any more, and the folders that are empty then. */
  function discard(path: string): void {
    try {
      if (statSync(path).size > 64 * 1024 * 1024) {
        const aside = store.temporaryFile(); // freeing the blocks of a large file takes long: not in this turn
        renameSync(path, aside);
        rm(aside, { force: true }).catch(() => {});
      } else unlinkSync(path);
      for (
        let folder = dirname(path);
        folder.startsWith(root + sep) && dirname(folder) !== root;
        folder = dirname(folder)
      )
        rmdirSync(folder);
    } catch {
      // Gone already, or the folder is not empty: nothing is left to do.
    }
  }
  return store;
}

function newBucket(name: string, created: number): BucketState {
  return { name, created, settings: new Map(), entries: new Map(), order: createKeyOrder([]) };
}

function putFacts(record: Extract<JournalRecord, { o: 'put' }>): EntryFacts {
  return {
    bucket: record.b,
    key: record.k,
    generation: record.g ?? 0,
    size: record.s,
    etag: record.e,
    lastModified: record.m,
    attributes: record.a ?? {},
  };
}

function factsOf(entry: Entry): EntryFacts {
  const { bucket, key, generation, size, etag, lastModified, attributes } = entry;
  return { bucket, key, generation, size, etag, lastModified, attributes };
}

function contentType(options: { contentType?: string }): Attributes {
  return options.contentType === undefined ? {} : { contentType: options.contentType };
}

async function syncedMd5(file: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  const handle = await open(file, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}
