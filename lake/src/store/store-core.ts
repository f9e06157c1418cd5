import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type BucketIndex, createBucketIndex } from './bucket-index.ts';
import { createEntry, type Entry, type EntryFacts } from './entry.ts';
import { assertInside } from './inside.ts';
import { type Journal, openJournal } from './journal.ts';
import { keyPath } from './key-path.ts';
import { applyRecord, entryRecord, type JournalRecord } from './records.ts';

/** What the parts of the store share: the folders, the index in memory, and the journal that the index is read from. */
export interface StoreCore {
  readonly root: string;
  readonly temporary: string;
  readonly journal: Journal;
  readonly buckets: Map<string, BucketIndex>;
  makeEntry(facts: EntryFacts): Entry;
  need(bucket: string): BucketIndex;
  temporaryFile(): string;
  /** Writes the record and then does what it says, in one turn of the event loop. Answers what it displaced. */
  change(bucket: BucketIndex, record: JournalRecord): Entry | undefined;
  /** Takes bytes away that no record names any more, and the folders that are empty then. */
  discard(entry: Entry | undefined): void;
}

const LARGE_FILE = 64 * 1024 * 1024;

export function openCore(dir: string, foldsCase: boolean): StoreCore {
  const root = join(dir, 'objects');
  const temporary = join(dir, 'tmp');
  rmSync(temporary, { recursive: true, force: true });
  for (const folder of [root, temporary]) mkdirSync(folder, { recursive: true });
  const buckets = new Map<string, BucketIndex>();
  const pathOf = ({ bucket, key, generation, marked }: EntryFacts) =>
    join(root, bucket, keyPath(key, { generation, marked, foldsCase }));
  const makeEntry = (facts: EntryFacts) => createEntry(facts, pathOf);
  const temporaryFile = () => join(temporary, randomUUID());
  const journal = openJournal(join(dir, 'objects.jsonl'), (record) =>
    replay(buckets, record as JournalRecord, makeEntry),
  );
  const live = [...snapshot(buckets.values(), () => 1)].length;
  if (journal.lines > 1000 + 2 * live) journal.rewrite(snapshot(buckets.values(), (record) => record));
  for (const bucket of buckets.values()) bucket.sort();

  return {
    root,
    temporary,
    journal,
    buckets,
    makeEntry,
    temporaryFile,
    need(name) {
      const bucket = buckets.get(name);
      if (!bucket) throw new Error(`no bucket ${name}`);
      return bucket;
    },
    change(bucket, record) {
      journal.append(record);
      return applyRecord(bucket, record, makeEntry);
    },
    discard(entry) {
      if (entry && !entry.deleteMarker) removeFile(entry.path, root, temporaryFile);
    },
  };
}

function replay(buckets: Map<string, BucketIndex>, record: JournalRecord, make: (facts: EntryFacts) => Entry): void {
  if (record.o === 'bucket') buckets.set(record.b, createBucketIndex(record.b, record.m));
  else if (record.o === 'rmbucket') buckets.delete(record.b);
  else {
    const bucket = buckets.get(record.b);
    if (bucket) applyRecord(bucket, record, make);
  }
}

/** The shortest journal that gives the same index. */
function* snapshot<T>(buckets: Iterable<BucketIndex>, as: (record: JournalRecord) => T): Generator<T> {
  for (const bucket of buckets) {
    yield as({ o: 'bucket', b: bucket.name, m: bucket.created });
    for (const [n, v] of bucket.settings) yield as({ o: 'set', b: bucket.name, n, v });
    for (const entry of bucket.all()) yield as(entryRecord(entry));
  }
}

function removeFile(path: string, root: string, temporaryFile: () => string): void {
  try {
    assertInside(root, dirname(path));
    if (statSync(path).size > LARGE_FILE) {
      const aside = temporaryFile(); // freeing the blocks of a large file takes long: not in this turn
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
    // Gone already, or behind a link that leads elsewhere, or the folder is not empty: nothing is left to do.
  }
}
