import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { quoteText } from '../../sql/types/index.ts';
import type { ObjectStore } from '../../store/object-store.ts';
import type { Connection } from '../session.ts';
import { compressionOf } from './compression.ts';
import type { ScanFile } from './source.ts';

/**
 * DuckDB reads most text files as Hive's SerDes do, and much faster than line by line. Those that it would read in
 * another way are found by what they contain and written out once more in a form that both read alike.
 */
export interface PlainText {
  /** Per file: the path of its plain form, or undefined where DuckDB may read it as it is. */
  plainForms(
    files: readonly ScanFile[],
    rules: TextRules,
    connection: Connection,
  ): Promise<readonly (string | undefined)[]>;
}

export interface TextRules {
  /** Equal for equal rules: plain forms are kept by it. */
  readonly id: string;
  /** Text whose presence asks for the plain form. */
  readonly telltales: readonly string[];
  /** Lines with `mark` that don't match `pattern` (a regular expression) ask for it too. */
  readonly regular?: { readonly mark: string; readonly pattern: string };
  /** Header lines, which the plain form leaves out. */
  readonly skip: number;
  /** The plain form of a line. */
  plain(line: string): string;
}

export function createPlainText(objects: Pick<ObjectStore, 'checkInside' | 'scratch'>): PlainText {
  const known = new Map<string, Promise<string | undefined>>();
  return {
    plainForms: (files, rules, connection) =>
      Promise.all(
        files.map((file) => {
          const key = [file.object.etag, file.object.path, rules.id].join('\u0000');
          const there = known.get(key);
          if (there !== undefined) return there;
          const form = plainForm(file, rules, objects, connection);
          known.set(key, form);
          form.catch(() => known.delete(key));
          return form;
        }),
      ),
  };
}

async function plainForm(
  { object }: ScanFile,
  rules: TextRules,
  objects: Pick<ObjectStore, 'checkInside' | 'scratch'>,
  connection: Connection,
): Promise<string | undefined> {
  objects.checkInside(object);
  const packed = compressionOf(object.key);
  if (packed === 'none') {
    if (!(await isIrregular(object.path, 'none', rules, connection))) return undefined;
    return rewrite(object.path, rules, objects.scratch());
  }
  const folder = objects.scratch();
  const unpacked = join(folder, 'unpacked');
  const raw = `FORMAT csv, HEADER false, DELIMITER '\u0001\u0002', QUOTE '', ESCAPE '', NULLSTR ''`;
  await connection.run(`COPY (SELECT line FROM ${linesOf(object.path, packed)}) TO ${quoteText(unpacked)} (${raw})`);
  if (await isIrregular(unpacked, 'none', rules, connection)) return rewrite(unpacked, rules, folder);
  return undefined;
}

async function isIrregular(path: string, packed: string, rules: TextRules, connection: Connection): Promise<boolean> {
  const { regular } = rules;
  const marks = regular === undefined ? [] : [regular.mark];
  const found = await textsIn(path, rules.telltales, marks);
  if (found === 'telltale') return true;
  if (found === undefined || regular === undefined) return false;
  const odd = `contains(line, ${quoteText(regular.mark)}) AND NOT regexp_full_match(line, ${quoteText(regular.pattern)})`;
  return (
    (await connection.count(`SELECT count(*) FROM (SELECT 1 FROM ${linesOf(path, packed)} WHERE ${odd} LIMIT 1)`)) > 0
  );
}

function linesOf(path: string, compression: string): string {
  const options =
    "columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, delim = '\u0001\u0002\u0003', quote = '', escape = '', nullstr = ''";
  return `read_csv(${quoteText(path)}, ${options}, compression = ${quoteText(compression)})`;
}

const CHUNK = 4 * 1024 * 1024;
const OVERLAP = 8;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** A search for a single byte is many times as fast as one for two, of which the first one is in every line. */
function hasBlankLine(chunk: Buffer): boolean {
  return chunk.includes('\n\n') || (chunk.includes(CARRIAGE_RETURN) && chunk.includes('\n\r\n'));
}

/** Whether a file holds a telltale or a blank line, or else a mark. */
async function textsIn(
  path: string,
  telltales: readonly string[],
  marks: readonly string[],
): Promise<'telltale' | 'mark' | undefined> {
  const file = await open(path, 'r');
  const buffer = Buffer.allocUnsafe(CHUNK + OVERLAP);
  const wanted = telltales.map((text) => Buffer.from(text));
  const looked = marks.map((text) => Buffer.from(text));
  let found: 'mark' | undefined;
  let kept = 0;
  try {
    for (let first = true; ; first = false) {
      const { bytesRead } = await file.read(buffer, kept, CHUNK);
      if (bytesRead === 0) return found;
      const chunk = buffer.subarray(0, kept + bytesRead);
      if (first && (chunk[0] === LINE_FEED || (chunk[0] === CARRIAGE_RETURN && chunk[1] === LINE_FEED)))
        return 'telltale';
      if (wanted.some((text) => chunk.includes(text)) || hasBlankLine(chunk)) return 'telltale';
      if (found === undefined && looked.some((text) => chunk.includes(text))) found = 'mark';
      const rest = Math.min(OVERLAP, chunk.length);
      chunk.copy(buffer, 0, chunk.length - rest);
      kept = rest;
    }
  } finally {
    await file.close();
  }
}

async function rewrite(path: string, rules: TextRules, folder: string): Promise<string> {
  const target = join(folder, 'plain');
  const out = createWriteStream(target);
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (number > rules.skip && !out.write(`${rules.plain(number === 1 ? line.replace(/^\ufeff/, '') : line)}\n`)) {
      await new Promise<void>((resolve) => out.once('drain', resolve));
    }
  }
  out.end();
  await finished(out);
  return target;
}
