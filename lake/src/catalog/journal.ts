import { readFileSync, truncateSync } from 'node:fs';
import { open, rename, stat, truncate, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder } from '../store/journal.ts';

/**
 * An append-only file of JSON records, one checksummed line a commit: `crc32-hex SPACE json NEWLINE`. A kill can tear the
 * last line only, since a line is on disk before the next is written; so a torn tail is dropped, and a bad line anywhere
 * else is damage that is told, never skipped.
 */
export interface Journal {
  /** On disk when it resolves. Calls must not overlap (see turns.ts). */
  append(record: unknown): Promise<void>;
  /** Replaces all records by these, as one step: readers of a kill see the old file or the new one. */
  rewrite(records: Iterable<unknown>): Promise<void>;
  /** Bytes in the file. */
  size(): number;
}

export interface OpenedJournal<R> {
  readonly records: R[];
  readonly journal: Journal;
}

/** Reads what is there (nothing, for a new file) and cuts a torn last line off. */
export function openJournal<R>(file: string): OpenedJournal<R> {
  const bytes = readIfThere(file);
  const { records, goodLength } = decode<R>(bytes, file);
  if (goodLength < bytes.length) truncateSync(file, goodLength);
  return { records, journal: journalOn(file, goodLength) };
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function decode<R>(bytes: Buffer, file: string): { records: R[]; goodLength: number } {
  const records: R[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(10, start);
    const record = end < 0 ? undefined : decodeLine(bytes.subarray(start, end));
    if (record === undefined) {
      if (end < 0 || end + 1 >= bytes.length) break;
      throw new Error(
        `${file}:${records.length + 1}: a record of the catalog is damaged (its checksum differs) and records follow it. ` +
          'The disk or another program changed the file; restore the folder from a copy, or remove it and begin anew.',
      );
    }
    records.push(record as R);
    start = end + 1;
  }
  return { records, goodLength: start };
}

/** The record of one line (without its line end), or undefined where the line is torn. */
export function decodeLine(line: Buffer): unknown {
  if (line.length < 10 || line[8] !== 32) return undefined;
  const body = line.subarray(9);
  if (line.toString('latin1', 0, 8) !== checksum(body)) return undefined;
  return JSON.parse(body.toString('utf8'));
}

export function encodeLine(record: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(record), 'utf8');
  return Buffer.concat([Buffer.from(`${checksum(body)} `, 'latin1'), body, NEWLINE]);
}

const NEWLINE = Buffer.from('\n');

function checksum(body: Uint8Array): string {
  return crc32(body).toString(16).padStart(8, '0');
}

function journalOn(file: string, initialSize: number): Journal {
  let size = initialSize;
  return {
    async append(record) {
      const line = encodeLine(record);
      const isNew = size === 0;
      const handle = await open(file, 'a');
      try {
        await handle.appendFile(line);
        await handle.datasync();
      } catch (error) {
        // A half-written line (disk full) must not stay in front of the next one.
        await truncate(file, size);
        throw error;
      } finally {
        await handle.close();
      }
      if (isNew) syncFolder(dirname(file));
      size += line.length;
    },
    async rewrite(records) {
      size = await writeWhole(file, records);
    },
    size: () => size,
  };
}

async function writeWhole(file: string, records: Iterable<unknown>): Promise<number> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w');
  let size = 0;
  try {
    let batch: Buffer[] = [];
    let batched = 0;
    const flush = async () => {
      await handle.appendFile(Buffer.concat(batch));
      size += batched;
      batch = [];
      batched = 0;
    };
    for (const record of records) {
      const line = encodeLine(record);
      batch.push(line);
      batched += line.length;
      if (batched > 1 << 20) await flush();
    }
    await flush();
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  syncFolder(dirname(file));
  return size;
}

/** Removes a journal; fine where there is none. */
export async function removeJournal(file: string): Promise<void> {
  for (const path of [file, `${file}.new`]) {
    if (await stat(path).catch(() => undefined)) await unlink(path);
  }
}
