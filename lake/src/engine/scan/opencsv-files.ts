import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { quoteText } from '../../sql/types/index.ts';
import type { Connection } from '../session.ts';
import { compressionOf } from './compression.ts';
import { type CsvDialect, openCsvCells, plainCsvLine } from './opencsv-line.ts';
import type { ScanFile } from './source.ts';

/**
 * DuckDB reads CSV with escapes in its own way. Files without an escape character read the same in both; the others,
 * which are few, are written out once more as plain CSV by opencsv's own rules.
 */
export interface CsvRewriter {
  /** Per file: the path of its plain form, or undefined where DuckDB may read it as it is. */
  plainForms(
    files: readonly ScanFile[],
    dialect: CsvDialect,
    skip: number,
    connection: Connection,
  ): Promise<readonly (string | undefined)[]>;
}

export function createCsvRewriter(scratch: () => string): CsvRewriter {
  const known = new Map<string, Promise<string | undefined>>();
  return {
    plainForms: (files, dialect, skip, connection) => {
      const { delimiter, quote, escaper } = dialect;
      return Promise.all(
        files.map((file) => {
          const { object } = file;
          const key = [object.etag, object.path, delimiter, quote, escaper, skip].join('\u0000');
          const there = known.get(key);
          if (there !== undefined) return there;
          const form = plainForm(file, dialect, skip, scratch, connection);
          known.set(key, form);
          form.catch(() => known.delete(key));
          return form;
        }),
      );
    },
  };
}

async function plainForm(
  file: ScanFile,
  dialect: CsvDialect,
  skip: number,
  scratch: () => string,
  connection: Connection,
): Promise<string | undefined> {
  const { object } = file;
  if (compressionOf(object.key) === 'none') {
    return (await contains(object.path, dialect.escaper)) ? rewrite(object.path, dialect, skip, scratch()) : undefined;
  }
  const lines = linesOf(object.path, compressionOf(object.key));
  const found = await connection.count(
    `SELECT count(*) FROM ${lines} WHERE contains(line, ${quoteText(dialect.escaper)})`,
  );
  if (found === 0) return undefined;
  const folder = scratch();
  const unpacked = join(folder, 'unpacked.csv');
  const raw = `FORMAT csv, HEADER false, DELIMITER '\u0001\u0002', QUOTE '', ESCAPE '', NULLSTR ''`;
  await connection.run(`COPY (SELECT line FROM ${lines}) TO ${quoteText(unpacked)} (${raw})`);
  return rewrite(unpacked, dialect, skip, folder);
}

function linesOf(path: string, compression: string): string {
  const options = `columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, delim = '\u0001\u0002\u0003', quote = '', escape = ''`;
  return `read_csv(${quoteText(path)}, ${options}, compression = ${quoteText(compression)})`;
}

const CHUNK = 4 * 1024 * 1024;

async function contains(path: string, text: string): Promise<boolean> {
  const file = await open(path, 'r');
  const wanted = Buffer.from(text);
  const buffer = Buffer.allocUnsafe(CHUNK);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK);
      if (bytesRead === 0) return false;
      if (buffer.subarray(0, bytesRead).includes(wanted)) return true;
    }
  } finally {
    await file.close();
  }
}

/** The header is left out: the plain form starts with the first row. */
async function rewrite(path: string, dialect: CsvDialect, skip: number, folder: string): Promise<string> {
  const target = join(folder, 'plain.csv');
  const out = createWriteStream(target);
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (number > skip && line !== '' && !out.write(`${plainCsvLine(openCsvCells(line, dialect))}\n`)) {
      await new Promise<void>((resolve) => out.once('drain', resolve));
    }
  }
  out.end();
  await finished(out);
  return target;
}
