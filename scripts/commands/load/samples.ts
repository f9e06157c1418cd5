import { csvLine, type RejectReason, s3Place } from '../../core/load/index.ts';
import type { TableDefinition } from '../../core/model/definition.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { textOf } from './landing.ts';
import { bucketOf } from './stored.ts';

/** The engine knows no line numbers: an example's line is looked up in its file, where that is not too big, packed or unpacked. */
const MOST_BYTES = 16_000_000;
const MOST_TEXT = 200;

/** Says of one rejected row what people look for: its file, the line where it can be had, and how it read. */
export type Sampler = (reason: RejectReason) => Promise<string>;

/** Looks rejected rows up in the landing files of a table. */
export function sampler(context: LoadContext, discovery: Discovery): Sampler {
  // Examples that follow each other are mostly of one file.
  let last: { readonly file: string; readonly text: Promise<string | undefined> } | undefined;
  return async (reason) => {
    const { file } = reason;
    if (last?.file !== file) last = { file, text: textOfFile(context, discovery, file).catch(() => undefined) };
    const table = tableOf(context, discovery, file);
    const line = lineOf(await last.text, table, reason.text);
    const where = file === '' ? '' : `${file}${line === undefined ? '' : `:${line}`} `;
    const text = reason.text.length > MOST_TEXT ? `${reason.text.slice(0, MOST_TEXT)}...` : reason.text;
    return `${where}${text}`.trim();
  };
}

function tableOf(context: LoadContext, discovery: Discovery, file: string): TableDefinition | undefined {
  const isIn = (table: TableDefinition): boolean =>
    file.startsWith(`s3://${bucketOf(context, table)}/${table.location.path}`);
  return discovery.reads.map(({ table }) => table).find(isIn);
}

async function textOfFile(context: LoadContext, discovery: Discovery, file: string): Promise<string | undefined> {
  if (tableOf(context, discovery, file)?.format.kind !== 'csv') return undefined;
  const { bucket, key } = s3Place(file);
  const object = await context.s3.head(bucket, key);
  if (object === undefined || object.size > MOST_BYTES) return undefined;
  const found = await context.s3.get(bucket, key);
  return found && textOf(found.body, key, MOST_BYTES);
}

function lineOf(body: string | undefined, table: TableDefinition | undefined, text: string): number | undefined {
  if (body === undefined || table?.format.kind !== 'csv') return undefined;
  const row = valuesOf(text);
  return (
    row &&
    csvLine(
      body,
      table.format,
      table.columns.map(({ name }) => row[name] ?? ''),
    )
  );
}

function valuesOf(text: string): Readonly<Record<string, string | null>> | undefined {
  try {
    return JSON.parse(text) as Record<string, string | null>;
  } catch {
    return undefined;
  }
}
