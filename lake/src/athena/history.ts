import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { decodeLine, encodeLine } from '../catalog/journal.ts';
import { hasEnded, type QueryExecution, type QueryRecord } from './execution.ts';

/**
 * All queries of the lake: those at work in memory, those that ended in a file of checksummed lines with only their places
 * in memory, so that ten thousand queries cost what a hundred do. A line is written (not yet forced to disk) before its
 * caller is answered: a kill of the process loses nothing, a power cut perhaps the last moments of the history.
 */
export interface History {
  add(record: QueryRecord): void;
  /** Shows a query at work as it is now; nothing is written, since a restart would find it interrupted anyway. */
  progress(record: QueryRecord): void;
  finish(record: QueryRecord): void;
  get(id: string): QueryRecord | undefined;
  findToken(token: string): QueryRecord | undefined;
  /** Newest first; from behind `after` where given. */
  ids(workgroup: string, after?: string): Iterable<string>;
  hasAny(workgroup: string): boolean;
  close(): void;
}

interface Place {
  readonly workgroup: string;
  readonly token: string | undefined;
  readonly offset: number;
  readonly length: number;
  /** Held while the query is at work. */
  readonly record: QueryRecord | undefined;
}

export interface HistoryLimits {
  readonly queries: number;
  readonly bytes: number;
}

export const HISTORY_LIMITS: HistoryLimits = { queries: 10_000, bytes: 64 * 1024 * 1024 };

/** Opens the history; a query that was at work when the lake went down gets the end that `interrupted` gives it. */
export function openHistory(
  file: string,
  interrupted: (execution: QueryExecution) => QueryExecution,
  limits: HistoryLimits = HISTORY_LIMITS,
): History {
  const places = new Map<string, Place>();
  const tokens = new Map<string, string>();
  let fd = openSync(file, 'a+');
  let size = 0;
  let dirty = false;
  let closed = false;

  const place = (record: QueryRecord, offset: number, length: number) => {
    const id = record.execution.QueryExecutionId;
    const { token } = record;
    const kept = hasEnded(record) ? undefined : record;
    places.set(id, { workgroup: record.execution.WorkGroup, token, offset, length, record: kept });
    if (token !== undefined) tokens.set(token, id);
  };
  const write = (record: QueryRecord) => {
    const line = encodeLine(record);
    writeWhole(line);
    place(record, size, line.length);
    size += line.length;
    syncSoon();
  };
  const writeWhole = (line: Buffer) => {
    try {
      if (writeSync(fd, line) < line.length) throw new Error('no space left for the history of queries');
    } catch (error) {
      ftruncateSync(fd, size);
      throw error;
    }
  };
  const syncSoon = () => {
    if (dirty) return;
    dirty = true;
    setTimeout(() => {
      dirty = false;
      if (!closed) fdatasync(fd, () => undefined);
    }, 100).unref();
  };
  const readLine = (from: { readonly offset: number; readonly length: number }): Buffer => {
    const line = Buffer.alloc(from.length);
    readSync(fd, line, 0, from.length, from.offset);
    return line;
  };
  const recordAt = (found: Place): QueryRecord | undefined =>
    found.record ?? (decodeLine(readLine(found).subarray(0, -1)) as QueryRecord | undefined);

  const load = () => {
    for (const { line, offset } of linesOf(fd)) {
      const record = decodeLine(line) as QueryRecord | undefined;
      if (record) place(record, offset, line.length + 1);
      size = offset + line.length + 1;
    }
    ftruncateSync(fd, size);
    for (const { record } of [...places.values()]) {
      if (record) write({ ...record, execution: interrupted(record.execution) });
    }
  };
  /** Writes the newest queries within the limits, and those at work, to a new file that takes the old one's place. */
  const compact = () => {
    const kept = keptPlaces(places, limits);
    const temporary = `${file}.new`;
    const fresh = openSync(temporary, 'w+');
    const lines = kept.map(([id, found]) => ({ id, found, line: readLine(found) }));
    for (const id of [...places.keys()]) forget(id);
    size = 0;
    for (const { id, found, line } of lines) {
      writeSync(fresh, line);
      places.set(id, { ...found, offset: size });
      if (found.token !== undefined) tokens.set(found.token, id);
      size += line.length;
    }
    renameSync(temporary, file);
    closeSync(fd);
    // Opened anew, so that every write goes to the end as before.
    closeSync(fresh);
    fd = openSync(file, 'a+');
    syncSoon();
  };
  const forget = (id: string) => {
    const token = places.get(id)?.token;
    if (token !== undefined && tokens.get(token) === id) tokens.delete(token);
    places.delete(id);
  };
  const compactIfLarge = () => {
    if (places.size > limits.queries * 1.25 || size > limits.bytes * 2) compact();
  };

  load();
  compactIfLarge();
  return {
    add(record) {
      write(record);
      compactIfLarge();
    },
    progress(record) {
      const id = record.execution.QueryExecutionId;
      const found = places.get(id);
      if (found) places.set(id, { ...found, record });
    },
    finish: write,
    get(id) {
      const found = places.get(id);
      return found && recordAt(found);
    },
    findToken(token) {
      const found = places.get(tokens.get(token) ?? '');
      return found && recordAt(found);
    },
    *ids(workgroup, after) {
      const newest = [...places].reverse();
      const start = after === undefined ? 0 : newest.findIndex(([id]) => id === after) + 1;
      for (const [id, found] of newest.slice(start)) if (found.workgroup === workgroup) yield id;
    },
    hasAny: (workgroup) => [...places.values()].some((found) => found.workgroup === workgroup),
    close() {
      closed = true;
      closeSync(fd);
    },
  };
}

function keptPlaces(places: ReadonlyMap<string, Place>, limits: HistoryLimits): [string, Place][] {
  const kept: [string, Place][] = [];
  let bytes = 0;
  let count = 0;
  for (const entry of [...places].reverse()) {
    const [, found] = entry;
    count++;
    bytes += found.length;
    if (found.record || (count <= limits.queries && bytes <= limits.bytes)) kept.push(entry);
  }
  return kept.reverse();
}

const CHUNK = 1 << 20;

/** Whole lines of a file, without its line ends; a tail without one is left out. */
function* linesOf(fd: number): Generator<{ line: Buffer; offset: number }> {
  const total = fstatSync(fd).size;
  let pending = Buffer.alloc(0);
  let start = 0;
  for (let position = 0; position < total; ) {
    const chunk = Buffer.alloc(Math.min(CHUNK, total - position));
    position += readSync(fd, chunk, 0, chunk.length, position);
    const bytes = pending.length ? Buffer.concat([pending, chunk]) : chunk;
    let begin = 0;
    for (let end = bytes.indexOf(10, begin); end >= 0; end = bytes.indexOf(10, begin)) {
      yield { line: bytes.subarray(begin, end), offset: start + begin };
      begin = end + 1;
    }
    pending = bytes.subarray(begin);
    start += begin;
  }
}
