import type { Backfill, Definitions } from '../../core/model/definition.ts';
import { UserError } from '../../core/model/exit.ts';
import { bytesText, plural, usdText } from '../../core/render/text.ts';
import { type LoadOptions, type LoadSummary, load, previewLoad } from '../load.ts';
import type { LoadContext } from './context.ts';
import { paceOf } from './pace.ts';
import { previewLines, type TablePreview } from './report.ts';

/** The open backfill of a name. */
export function openBackfill(definitions: Definitions, name: string): Backfill {
  const found = definitions.backfills.find((each) => each.name === name);
  if (found === undefined) {
    const known = definitions.backfills.filter((each) => each.status === 'open').map((each) => each.name);
    const cure = known.length === 0 ? 'write pipeline/backfills/<name>.yaml' : `open are: ${known.join(', ')}`;
    throw new UserError(`no backfill is called ${JSON.stringify(name)}`, cure);
  }
  if (found.status === 'open') return found;
  throw new UserError(
    `backfill ${name} is ${found.status}`,
    'only an open one is run; say status: open to run it again',
    {
      where: `${found.place.path}:${found.place.line}:${found.place.column}`,
    },
  );
}

/** A reviewed backfill as what `load` is asked for. */
export function backfillOptions({ tables, from, to, except, opened }: Backfill, maxBytes: number): LoadOptions {
  return { tables, from, to, maxBytes, backfill: { except, since: opened } };
}

/** Says what is left of a backfill and what it costs, and loads it. */
export async function runBackfill(context: LoadContext, backfill: Backfill, maxBytes: number): Promise<LoadSummary> {
  const options = backfillOptions(backfill, maxBytes);
  const previews = await previewLoad(context, options);
  for (const line of backfillLines(backfill, previews)) context.say(line);
  const pace = paceOf(context, backfill.name, previews);
  return load(context, { ...options, backfill: { except: backfill.except, since: backfill.opened, pace } });
}

/** What is left of a backfill and what it costs, a line a table below. */
export function backfillLines({ name, reason }: Backfill, previews: readonly TablePreview[]): readonly string[] {
  const sum = (of: (each: TablePreview) => number): number => previews.reduce((total, each) => total + of(each), 0);
  const left = sum((each) => each.due.length);
  if (left === 0) return [`backfill ${name} (${reason}): nothing is left; say status: done in its file`];
  const what = `${plural(left, 'partition')} in ${plural(
    sum((each) => each.statements),
    'statement',
  )}`;
  const cost = `${bytesText(sum((each) => each.bytes))} to read, about ${usdText(sum((each) => each.dollars))}`;
  return [
    `backfill ${name} (${reason}): ${what}, ${cost}`,
    ...previews.flatMap((each) => previewLines(each).map((line) => `  ${line}`)),
  ];
}
