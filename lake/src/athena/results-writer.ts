import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '../store/object-store.ts';
import { type ColumnInfo, columnInfo } from './column-info.ts';
import type { EngineResult, ResultRow } from './engine.ts';
import type { ResultLayout } from './execution.ts';
import { metadataObject } from './metadata-object.ts';
import { type S3Place, uriOf } from './output-location.ts';

export interface WrittenResult {
  readonly columns: readonly ColumnInfo[];
  readonly layout: ResultLayout;
  readonly rows: number;
  readonly bytes: number;
  readonly manifest: string | undefined;
}

/** Writes what Athena leaves in S3 after a query: the result, its `.metadata`, and the manifest of what was written. */
export async function writeResult(
  store: ObjectStore,
  target: S3Place,
  result: EngineResult,
  layout: ResultLayout,
): Promise<WrittenResult> {
  const columns = result.columns.map(columnInfo);
  const body = await writeBody(store, target, result, layout);
  const [manifest] = await Promise.all([
    writeManifest(store, target, result.manifest),
    store.put(target.bucket, `${target.key}.metadata`, metadataObject(columns), {
      contentType: 'application/octet-stream',
    }),
  ]);
  return { columns, manifest, ...body };
}

interface Body {
  readonly layout: ResultLayout;
  readonly rows: number;
  readonly bytes: number;
}

async function writeBody(
  store: ObjectStore,
  target: S3Place,
  result: EngineResult,
  layout: ResultLayout,
): Promise<Body> {
  if (layout.kind === 'none') return { layout, rows: 0, bytes: 0 };
  if (layout.kind === 'text') return writeText(store, target, result);
  const { rows } = result;
  if (rows.kind === 'csv') {
    const object = await store.adopt(target.bucket, target.key, rows.file, { contentType: 'text/csv' });
    return { layout, rows: rows.rowCount, bytes: object.size };
  }
  const header = csvRow(result.columns.map((column) => column.name));
  const written = await writeStreamed(store, target, header, batchesOf(result), csvRow);
  return { layout, ...written };
}

async function* batchesOf(result: EngineResult): AsyncGenerator<readonly ResultRow[]> {
  if (result.rows.kind === 'rows') yield result.rows.rows;
  if (result.rows.kind === 'batches') yield* result.rows.batches;
}

async function writeText(store: ObjectStore, target: S3Place, result: EngineResult): Promise<Body> {
  const lines: string[] = [];
  let cells = 1;
  for await (const batch of batchesOf(result)) {
    for (const row of batch) {
      cells = Math.max(cells, row.length);
      lines.push(`${row.map((cell) => cell ?? '').join('\t')}\n`);
    }
  }
  const bytes = Buffer.from(lines.join(''));
  await store.put(target.bucket, target.key, bytes, { contentType: 'text/plain' });
  return { layout: { kind: 'text', cells }, rows: lines.length, bytes: bytes.length };
}

/** As Athena writes CSV: every value in quotes, NULL as nothing at all (so that it differs from an empty text). */
export function csvRow(row: ResultRow): string {
  return `${row.map((cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)).join(',')}\n`;
}

const IN_MEMORY = 1 << 20;

/** Small results go to the store as they are; larger ones over a file, so that memory stays flat. */
async function writeStreamed(
  store: ObjectStore,
  target: S3Place,
  header: string,
  batches: AsyncIterable<readonly ResultRow[]>,
  spell: (row: ResultRow) => string,
): Promise<{ readonly rows: number; readonly bytes: number }> {
  let rows = 0;
  let pending = header;
  let spill: Spill | undefined;
  try {
    for await (const batch of batches) {
      rows += batch.length;
      for (const row of batch) pending += spell(row);
      if (pending.length < IN_MEMORY) continue;
      spill ??= openSpill(store.scratch());
      await spill.write(pending);
      pending = '';
    }
    if (!spill) {
      const bytes = Buffer.from(pending);
      await store.put(target.bucket, target.key, bytes, { contentType: 'text/csv' });
      return { rows, bytes: bytes.length };
    }
    await spill.write(pending);
    await spill.end();
    const object = await store.adopt(target.bucket, target.key, spill.file, { contentType: 'text/csv' });
    return { rows, bytes: object.size };
  } finally {
    if (spill) await spill.discard();
  }
}

interface Spill {
  readonly file: string;
  write(text: string): Promise<void>;
  end(): Promise<void>;
  /** Closes the file and removes its folder; also after the file was taken over. */
  discard(): Promise<void>;
}

function openSpill(folder: string): Spill {
  const file = join(folder, 'result.csv');
  const stream = createWriteStream(file);
  const step = (act: (done: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      act((error) => (error ? reject(error) : resolve()));
    });
  return {
    file,
    write: (text) => step((done) => stream.write(text, done)),
    end: () => step((done) => stream.end(done)),
    async discard() {
      stream.destroy();
      await rm(dirname(file), { recursive: true, force: true });
    },
  };
}

/** The objects that CTAS, INSERT or UNLOAD wrote, one URI a line. */
async function writeManifest(
  store: ObjectStore,
  target: S3Place,
  written: readonly string[] | undefined,
): Promise<string | undefined> {
  if (!written) return undefined;
  const place = { bucket: target.bucket, key: `${target.key}-manifest.csv` };
  const body = Buffer.from(written.map((uri) => `${uri}\n`).join(''));
  await store.put(place.bucket, place.key, body, { contentType: 'text/csv' });
  return uriOf(place);
}
