import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * An append-only file of JSON lines: the one place where a change of the store becomes a fact. A line is written with
 * one system call, so a killed process leaves all of it or a torn tail that the next start cuts off.
 */
export interface Journal {
  /** Written when it returns: it survives the death of the process. */
  append(record: object): void;
  /** Resolves once everything appended so far survives the death of the machine; calls share one fdatasync. */
  flushed(): Promise<void>;
  readonly lines: number;
  /** Replaces the file by these records alone, atomically. */
  rewrite(records: Iterable<object>): void;
  close(): void;
}

/** Opens or makes the journal and hands every record in it to `replay`, oldest first. */
export function openJournal(path: string, replay: (record: unknown) => void): Journal {
  let descriptor = openSync(path, 'a+');
  let { lines, size } = replayFile(path, replay);
  ftruncateSync(descriptor, size);
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  return {
    get lines() {
      return lines;
    },
    append(record) {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      try {
        writeFully(descriptor, line);
      } catch (error) {
        ftruncateSync(descriptor, size); // a full disk must not leave half a line before the next one
        throw error;
      }
      size += line.length;
      lines += 1;
    },
    flushed() {
      next ??= running.then(() => {
        next = undefined;
        running = syncData(descriptor);
        return running;
      });
      return next;
    },
    rewrite(records) {
      const temporary = `${path}.new`;
      const fresh = openSync(temporary, 'w');
      lines = 0;
      size = 0;
      let pending: string[] = [];
      const write = () => {
        const bytes = Buffer.from(pending.join(''));
        writeFully(fresh, bytes);
        size += bytes.length;
        pending = [];
      };
      for (const record of records) {
        pending.push(`${JSON.stringify(record)}\n`);
        lines += 1;
        if (pending.length >= 1000) write();
      }
      write();
      fsyncSync(fresh);
      closeSync(fresh);
      renameSync(temporary, path);
      syncFolder(dirname(path));
      closeSync(descriptor);
      descriptor = openSync(path, 'a+');
    },
    close: () => closeSync(descriptor),
  };
}

function replayFile(path: string, replay: (record: unknown) => void): { lines: number; size: number } {
  const bytes = readFileSync(path);
  let start = 0;
  let lines = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    replay(parseLine(bytes.toString('utf8', start, end), path, lines + 1));
    start = end + 1;
    lines += 1;
  }
  return { lines, size: start };
}

function parseLine(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(
      `${path}:${number} is not JSON: the journal is damaged. Restore it, or delete the line to lose its change alone`,
    );
  }
}

function writeFully(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

function syncData(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => fdatasync(descriptor, (error) => (error ? reject(error) : resolve())));
}

/** Makes a rename in a folder durable. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
