import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, renameSync, writeSync } from 'node:fs';

export interface Span {
  readonly offset: number;
  readonly length: number;
}

/**
 * Lines that are appended and read at random. A line is handed to the system before its caller goes on (a kill of the
 * process loses nothing) and forced to disk a moment later (a power cut may lose the last moments).
 */
export interface LineFile {
  readonly size: number;
  /** `line` ends in a newline. */
  append(line: Buffer): Span;
  read(span: Span): Buffer;
  /** Every whole line; what follows the last one is cut off. */
  lines(): Iterable<{ readonly line: Buffer; readonly span: Span }>;
  /** Keeps these lines alone, in this order, and answers where they are now. */
  keep(spans: readonly Span[]): readonly Span[];
  close(): void;
}

const SYNC_AFTER_MS = 100;

export function openLineFile(path: string): LineFile {
  let fd = openSync(path, 'a+');
  let size = fstatSync(fd).size;
  let syncing = false;
  let closed = false;
  const syncSoon = () => {
    if (syncing) return;
    syncing = true;
    setTimeout(() => {
      syncing = false;
      if (!closed) fdatasync(fd, () => undefined);
    }, SYNC_AFTER_MS).unref();
  };
  const read = (span: Span): Buffer => {
    const line = Buffer.alloc(span.length);
    readSync(fd, line, 0, span.length, span.offset);
    return line;
  };
  return {
    get size() {
      return size;
    },
    append(line) {
      writeWhole(fd, line, size);
      const span = { offset: size, length: line.length };
      size += line.length;
      syncSoon();
      return span;
    },
    read,
    *lines() {
      let end = 0;
      for (const found of linesOf(fd)) {
        end = found.span.offset + found.span.length;
        yield found;
      }
      size = end;
      ftruncateSync(fd, size);
    },
    keep(spans) {
      const lines = spans.map(read);
      const moved = writeAnew(`${path}.new`, lines);
      renameSync(`${path}.new`, path);
      closeSync(fd);
      fd = openSync(path, 'a+');
      size = fstatSync(fd).size;
      syncSoon();
      return moved;
    },
    close() {
      closed = true;
      closeSync(fd);
    },
  };
}

/** Half a line (a full disk) must not stay in front of the next one. */
function writeWhole(fd: number, line: Buffer, size: number): void {
  try {
    if (writeSync(fd, line) < line.length) throw new Error('no space left for the history of queries');
  } catch (error) {
    ftruncateSync(fd, size);
    throw error;
  }
}

function writeAnew(path: string, lines: readonly Buffer[]): Span[] {
  const fd = openSync(path, 'w');
  let offset = 0;
  try {
    return lines.map((line) => {
      writeWhole(fd, line, offset);
      offset += line.length;
      return { offset: offset - line.length, length: line.length };
    });
  } finally {
    closeSync(fd);
  }
}

const CHUNK = 1 << 20;

function* linesOf(fd: number): Generator<{ line: Buffer; span: Span }> {
  const total = fstatSync(fd).size;
  let pending = Buffer.alloc(0);
  let start = 0;
  for (let position = 0; position < total; ) {
    const chunk = Buffer.alloc(Math.min(CHUNK, total - position));
    position += readSync(fd, chunk, 0, chunk.length, position);
    const bytes = pending.length ? Buffer.concat([pending, chunk]) : chunk;
    let begin = 0;
    for (let end = bytes.indexOf(10, begin); end >= 0; end = bytes.indexOf(10, begin)) {
      yield { line: bytes.subarray(begin, end), span: { offset: start + begin, length: end + 1 - begin } };
      begin = end + 1;
    }
    pending = bytes.subarray(begin);
    start += begin;
  }
}
