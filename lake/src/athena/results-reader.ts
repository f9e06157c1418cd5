import { type FileHandle, open } from 'node:fs/promises';
import type { ObjectStore, StoredObject } from '../store/object-store.ts';
import type { ResultRow } from './engine.ts';
import type { ResultLayout } from './execution.ts';
import { refused } from './operation.ts';
import { placeOf } from './output-location.ts';

export interface ResultPage {
  readonly rows: readonly ResultRow[];
  /** Where the next page begins, in bytes; undefined at the end. */
  readonly next: number | undefined;
}

/**
 * One page of a result, read from its object in S3, as Athena does: a client that deletes or overwrites the object
 * changes what it gets. A page costs its own bytes, wherever it lies in the result.
 */
export async function readPage(
  store: ObjectStore,
  location: string,
  layout: ResultLayout,
  from: number,
  count: number,
): Promise<ResultPage> {
  if (layout.kind === 'none') return { rows: [], next: undefined };
  const place = placeOf(location);
  const object = place && store.head(place.bucket, place.key);
  if (!object) throw refused(`Could not find results at ${location}`, 'INVALID_QUERY_EXECUTION_ID');
  if (from > object.size) throw refused('Invalid NextToken');
  const file = await openResult(store, object, location);
  try {
    const records = await readRecords(file, from, count, layout.kind === 'csv');
    const rows = records.texts.map((text) => (layout.kind === 'csv' ? csvCells(text) : textCells(text, layout.cells)));
    return { rows, next: records.end < object.size ? records.end : undefined };
  } finally {
    await file.close();
  }
}

async function openResult(store: ObjectStore, object: StoredObject, location: string): Promise<FileHandle> {
  try {
    store.checkInside(object);
    return await open(object.path, 'r');
  } catch {
    throw refused(`Could not find results at ${location}`, 'INVALID_QUERY_EXECUTION_ID');
  }
}

const CHUNK = 256 * 1024;
const QUOTE = 34;
const NEWLINE = 10;
/** What somebody else put in the place of a result may have no end of a line at all. */
const LARGEST_RECORD = 128 * 1024 * 1024;

/** `count` records from an offset on; in CSV a line end inside quotes is part of its record. */
async function readRecords(
  file: FileHandle,
  from: number,
  count: number,
  quotes: boolean,
): Promise<{ readonly texts: readonly string[]; readonly end: number }> {
  const texts: string[] = [];
  const begun: Buffer[] = []; // the record so far, of the chunks before
  let position = from;
  let end = from;
  let quoted = false;
  while (texts.length < count) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
    if (bytesRead === 0) break;
    let begin = 0;
    for (let at = 0; at < bytesRead && texts.length < count; at++) {
      const byte = buffer[at];
      if (byte === QUOTE && quotes) quoted = !quoted;
      else if (byte === NEWLINE && !quoted) {
        texts.push(Buffer.concat([...begun, buffer.subarray(begin, at)]).toString());
        begun.length = 0;
        begin = at + 1;
        end = position + begin;
      }
    }
    begun.push(buffer.subarray(begin, bytesRead));
    position += bytesRead;
    if (position - end > LARGEST_RECORD) throw refused('A row of the result is too large to be read');
  }
  return { texts, end };
}

/** NULL is nothing between the commas, an empty text is `""`. */
function csvCells(record: string): ResultRow {
  const cells: (string | null)[] = [];
  let at = 0;
  for (;;) {
    if (record[at] !== '"') {
      const comma = record.indexOf(',', at);
      const cell = record.slice(at, comma < 0 ? undefined : comma);
      cells.push(cell === '' ? null : cell);
      at = comma < 0 ? record.length : comma;
    } else {
      let close = record.indexOf('"', at + 1);
      while (close >= 0 && record[close + 1] === '"') close = record.indexOf('"', close + 2);
      const stop = close < 0 ? record.length : close;
      cells.push(record.slice(at + 1, stop).replaceAll('""', '"'));
      at = stop + 1;
    }
    if (record[at] !== ',') return cells;
    at++;
  }
}

function textCells(line: string, cells: number): ResultRow {
  return cells === 1 ? [line] : line.split('\t');
}
