import { keyOf, type LoadedTable } from '../../core/load/index.ts';
import { type NoticeFacts, noticeOf } from '../../core/load/notice.ts';
import { UserError } from '../../core/model/exit.ts';
import { partitionName } from '../../core/partition/index.ts';
import { messageOf, type Told } from '../../core/render/errors.ts';
import type { LoadContext } from './context.ts';
import type { LoadRecord } from './intent.ts';
import type { TableOutcome } from './report.ts';

/** What a notice needs of a load's context. */
export type Notifying = Pick<LoadContext, 'environment' | 'sns' | 'commit' | 'holder' | 'now' | 'signal'>;

/** What is told beside where, from which commit and by whom. */
type OwnFacts = Omit<NoticeFacts, 'environment' | 'commit' | 'run' | 'time'>;

/** Answers a warning where it could not be sent, which changes nothing else. */
async function notify(context: Notifying, own: OwnFacts): Promise<readonly string[]> {
  if (context.sns === undefined) return [];
  const { environment, commit, holder, signal } = context;
  const time = new Date(context.now()).toISOString();
  try {
    await context.sns.publish(
      noticeOf({ ...own, environment: environment.name, commit, run: holder.run, time }),
      signal,
    );
    return [];
  } catch (error) {
    return [`a notice could not be sent, which changes nothing of the load: ${messageOf(error)}`];
  }
}

/** What a load has published. */
export interface Shown {
  readonly loadId: string;
  /** Those that were published. */
  readonly partitions: readonly (readonly string[])[];
  readonly rows: number;
  /** Rows that went to the rejects table. */
  readonly rejected: number;
  readonly bytes: number;
  /** Failed checks of severity warn: told, published all the same. */
  readonly warnings: readonly string[];
}

/**
 * Tells that what a load published can be queried. It is sent before the intent is taken back: a run that is killed before
 * has it sent by the next one.
 */
export async function notifyLoaded(context: Notifying, table: LoadedTable, shown: Shown): Promise<readonly string[]> {
  if (shown.partitions.length === 0) return [];
  const partitions = shown.partitions.map((values) => partitionName(table.partitions, values));
  return notify(context, { ...shown, state: 'loaded', table: keyOf(table), partitions });
}

/** The same of a load by its record: of one that ended by an error after it had published something, or that a killed run left. */
export function notifyPublished(
  context: LoadContext,
  table: LoadedTable,
  record: LoadRecord,
): Promise<readonly string[]> {
  const published = record.partitions.filter((each) => each.published);
  const sum = (of: (each: LoadRecord['partitions'][number]) => number | undefined): number =>
    published.reduce((total, each) => total + (of(each) ?? 0), 0);
  return notifyLoaded(context, table, {
    loadId: record.loadId,
    partitions: published.map(({ values }) => values),
    rows: sum((each) => each.rows),
    rejected: sum((each) => each.rejected),
    bytes: sum((each) => each.bytes),
    warnings: warningsIn(record),
  });
}

function warningsIn({ checks }: LoadRecord): readonly string[] {
  const broken = checks.filter(({ passed, severity }) => !passed && severity === 'warn');
  return broken.map(({ name, partition, count }) => {
    const where = partition.length === 0 ? '' : ` in ${partition.join('/')}`;
    return `check ${name}${where}: ${count} found`;
  });
}

/** Tells of a table that failed, or was not loaded because one that it reads did. */
export async function notifyOutcome(context: Notifying, outcome: TableOutcome): Promise<readonly string[]> {
  const { state, table, errors } = outcome;
  if (state !== 'failed' && state !== 'blocked') return [];
  return notify(context, { state, table, errors });
}

/** Tells of an error that ended the run itself: wrong credentials, a signal, a fault of Weir. */
export function notifyRun(context: Notifying, error: unknown): Promise<readonly string[]> {
  return notify(context, { state: 'failed', table: undefined, errors: [told(error)] });
}

function told(error: unknown): Told {
  if (!(error instanceof UserError)) {
    return { message: `a fault of Weir itself: ${messageOf(error)}` };
  }
  const { where, message, cure } = error;
  return { ...(where === undefined ? {} : { where }), message, cure };
}
