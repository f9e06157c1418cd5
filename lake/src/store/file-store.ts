import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bucket } from './bucket-index.ts';
import { createBucketIndex } from './bucket-index.ts';
import { isBucketName } from './bucket-name.ts';
import type { Attributes, Entry } from './entry.ts';
import { assertInside } from './inside.ts';
import { type ObjectChanges, objectChanges } from './object-changes.ts';
import type { ObjectStore } from './object-store.ts';
import type { JournalRecord } from './records.ts';
import { openCore, type StoreCore } from './store-core.ts';
import { inTurns, sweepOrphans } from './sweep.ts';

interface Buckets {
  buckets(): readonly Bucket[];
  bucket(name: string): Bucket | undefined;
  createBucket(name: string): Promise<void>;
  /** The bucket must be empty. */
  deleteBucket(name: string): Promise<void>;
  /** `undefined` removes the setting. */
  setSetting(bucket: string, name: string, value: string | undefined): Promise<void>;
}

/** The contract that the rest of the lake reads by, and what S3's operations need beyond it. */
export interface FileStore extends ObjectStore, ObjectChanges, Buckets {
  head(bucket: string, key: string): Entry | undefined;
  /** A path for a file that `commit` will take. */
  temporaryFile(): string;
  /** Removes what a killed process left of files without an object; may run while the store works. */
  sweep(): Promise<number>;
  close(): Promise<void>;
}

/** Opens the objects below `dir`; the folder must be held by this process (see folder.ts). */
export function openFileStore(dir: string, options: { readonly foldsCase: boolean } = { foldsCase: false }): FileStore {
  const core = openCore(dir, options.foldsCase);
  const sweeper = createSweeper(core);
  const changes = objectChanges(core, sweeper.onFile);
  return {
    ...bucketCalls(core),
    ...changes,
    ...contractCalls(core, changes),
    head: (bucket, key) => core.buckets.get(bucket)?.current(key),
    checkInside: (object) => assertInside(core.root, object.path),
    temporaryFile: core.temporaryFile,
    sweep: sweeper.sweep,
    async close() {
      await sweeper.stop();
      await core.journal.flushed();
      core.journal.close();
    },
  };
}

function bucketCalls({ journal, buckets, root, need, change }: StoreCore): Buckets {
  return {
    buckets: () => [...buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    bucket: (name) => buckets.get(name),
    async createBucket(name) {
      if (!isBucketName(name)) throw new Error(`${name} is no bucket name`);
      if (buckets.has(name)) return;
      const created = Date.now();
      journal.append({ o: 'bucket', b: name, m: created } satisfies JournalRecord);
      buckets.set(name, createBucketIndex(name, created));
      await journal.flushed();
    },
    async deleteBucket(name) {
      const { order, hidden } = need(name);
      if (order.size + hidden.size > 0) throw new Error(`bucket ${name} is not empty`);
      journal.append({ o: 'rmbucket', b: name } satisfies JournalRecord);
      buckets.delete(name);
      rmSync(join(root, name), { recursive: true, force: true });
      await journal.flushed();
    },
    async setSetting(bucket, name, value) {
      change(need(bucket), { o: 'set', b: bucket, n: name, ...(value === undefined ? {} : { v: value }) });
      await journal.flushed();
    },
  };
}

type ContractCalls = Pick<ObjectStore, 'hasBucket' | 'list' | 'put' | 'adopt' | 'delete' | 'scratch'>;

function contractCalls(core: StoreCore, { commit, remove }: ObjectChanges): ContractCalls {
  return {
    hasBucket: (name) => core.buckets.has(name),
    list(name, prefix) {
      const bucket = core.buckets.get(name);
      if (!bucket) return [];
      const { order } = bucket;
      const start = order.from(prefix);
      const count = Math.max(0, order.afterPrefix(prefix) - start);
      return Array.from({ length: count }, (_, index) => bucket.current(order.at(start + index)!)!);
    },
    async put(bucket, key, body, options = {}) {
      const file = core.temporaryFile();
      const handle = await open(file, 'wx');
      try {
        await handle.writeFile(body);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      const etag = createHash('md5').update(body).digest('hex');
      return commit(bucket, key, file, { etag, size: body.length, attributes: contentType(options) });
    },
    async adopt(bucket, key, file, options = {}) {
      const etag = await syncedMd5(file);
      return commit(bucket, key, file, { etag, size: statSync(file).size, attributes: contentType(options) });
    },
    async delete(bucket, key) {
      await remove(bucket, key);
    },
    scratch() {
      const folder = join(core.temporary, randomUUID());
      mkdirSync(folder);
      return folder;
    },
  };
}

function createSweeper({ root, buckets }: StoreCore) {
  /** Paths named while a sweep runs. */
  let fresh: Set<string> | undefined;
  let stopped = false;
  let running: Promise<number> = Promise.resolve(0);

  async function sweep(): Promise<number> {
    fresh = new Set();
    const entries = [...buckets.values()].flatMap((bucket) => [...bucket.all()]);
    running = sweepOrphans(root, {
      async *paths() {
        for await (const entry of inTurns(entries)) if (!entry.deleteMarker) yield entry.path;
      },
      isFresh: (path) => fresh?.has(path) ?? true,
      stopped: () => stopped,
    });
    const removed = await running;
    fresh = undefined;
    return removed;
  }
  return {
    sweep,
    onFile: (path: string) => void fresh?.add(path),
    async stop() {
      stopped = true;
      await running.catch(() => {});
    },
  };
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
