import { csvLine, type RejectReason } from '../../core/load/index.ts';
import type { LoadContext } from './context.ts';
import { bucketOf, type Discovery } from './discover.ts';
import { textOf } from './landing.ts';

/** The engine knows no line numbers: an example's line is looked up in its file, where that is not too big. */
const MOST_BYTES = 16_000_000;
const MOST_TEXT = 200;

/** One rejected row as people look for it: its file, the line where it can be had, and how it read. */
export async function sampleText(context: LoadContext, discovery: Discovery, reason: RejectReason): Promise<string> {
  const line = await lineOf(context, discovery, reason).catch(() => undefined);
  const where = reason.file === '' ? '' : `${reason.file}${line === undefined ? '' : `:${line}`} `;
  const text = reason.text.length > MOST_TEXT ? `${reason.text.slice(0, MOST_TEXT)}...` : reason.text;
  return `${where}${text}`.trim();
}

async function lineOf(
  context: LoadContext,
  discovery: Discovery,
  { file, text }: RejectReason,
): Promise<number | undefined> {
  for (const { table } of discovery.reads) {
    const base = `s3://${bucketOf(context, table)}/`;
    if (table.format.kind !== 'csv' || !file.startsWith(base + table.location.path)) continue;
    const [bucket, key] = [base.slice('s3://'.length, -1), file.slice(base.length)];
    const object = await context.s3.head(bucket, key);
    if (object === undefined || object.size > MOST_BYTES) return undefined;
    const found = await context.s3.get(bucket, key);
    const body = found && textOf(found.body, key);
    const row = JSON.parse(text) as Record<string, string | null>;
    return body === undefined
      ? undefined
      : csvLine(
          body,
          table.format,
          table.columns.map(({ name }) => row[name] ?? ''),
        );
  }
  return undefined;
}
