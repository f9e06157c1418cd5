import type { Backfill, Definitions } from '../../core/model/definition.ts';
import { UserError } from '../../core/model/exit.ts';
import type { Place } from '../../core/model/finding.ts';
import { instantOf } from '../../core/partition/index.ts';
import { bytesText, plural, usdText } from '../../core/render/text.ts';
import { type LoadOptions, type LoadSummary, load, previewLoad } from '../load.ts';
import type { LoadContext } from './context.ts';
import { paceOf } from './pace.ts';
import { previewLines, type TablePreview } from './report.ts';

/** The open backfill of a name; refused while the time from which its loads count is still to come. */
export function openBackfill(definitions: Definitions, name: string, now: number): Backfill {
  const found = definitions.backfills.find((each) => each.name === name);
  if (found === undefined) {
    const known = definitions.backfills.filter((each) => each.status === 'open').map((each) => each.name);
    const cure = known.length === 0 ? 'write pipeline/backfills/<name>.yaml' : `open are: ${known.join(', ')}`;
    throw new UserError(`no backfill is called ${JSON.stringify(name)}`, cure);
  }
  if (found.status !== 'open') {
    const cure = 'only an open one is run; say status: open to run it again';
    throw new UserError(`backfill ${name} is ${found.status}`, cure, { where: placeText(found.place) });
  }
  const { timezone } = definitions.lake;
  const opened = instantOf(found.opened, timezone);
  if (opened <= now) return found;
  // Nothing that is loaded now would ever count as its own: each run would load all of it again.
  throw new UserError(
    `backfill ${name} is opened on ${found.opened}, which is still to come (it is ${new Date(now).toISOString()})`,
    `run it from ${new Date(opened).toISOString()} on, when that begins in ${timezone}, or correct the day`,
    { where: placeText(found.openedPlace) },
  );
}

/** A reviewed backfill as what `load` is asked for; its day begins when it does in the lake's time zone. */
export function backfillOptions(backfill: Backfill, zone: string, maxBytes: number): LoadOptions {
  const { tables, from, to, except, opened } = backfill;
  const since = new Date(instantOf(opened, zone)).toISOString();
  return { tables, from, to, maxBytes, backfill: { except, since } };
}

/** Says what is left of a backfill and what it costs, and loads it. */
export async function runBackfill(context: LoadContext, backfill: Backfill, maxBytes: number): Promise<LoadSummary> {
  const options = backfillOptions(backfill, context.definitions.lake.timezone, maxBytes);
  const previews = await previewLoad(context, options);
  for (const line of backfillLines(backfill, previews)) context.say(line);
  const pace = paceOf(context, backfill.name, previews);
  return load(context, { ...options, backfill: { ...options.backfill!, pace } });
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

function placeText({ path, line, column }: Place): string {
  return `${path}:${line}:${column}`;
}
