import {
  calendar,
  type Failure,
  type Failures,
  keyOf,
  LEGEND,
  type LoadedTable,
  type LoadUnit,
  standingFailures,
  unitKey,
} from '../core/load/index.ts';
import { EXIT, type ExitCode, type UserError } from '../core/model/exit.ts';
import { isFault } from '../core/model/fault.ts';
import { bytesText, logText, plural } from '../core/render/text.ts';
import type { LoadContext } from './load/context.ts';
import { type Discovery, discover } from './load/discover.ts';
import { keptFailures } from './load/failed.ts';
import { partitionText } from './load/report.ts';
import { NotApplied } from './load/stored.ts';
import { planRun, type Run } from './load.ts';

export interface TableStatus {
  readonly table: string;
  readonly mode: string;
  /** False for a table that is not in the catalog as it is defined: then nothing else is known of it. */
  readonly applied: boolean;
  /** Why it is not applied. */
  readonly pending?: string;
  /** How many partitions (mode files: objects) are in each state. What failed is due as well where it is tried again. */
  readonly states: Readonly<Record<LoadUnit['state']['kind'] | 'failed', number>>;
  readonly failed: readonly FailedPart[];
  readonly rows: number;
  /** Rows in its rejects table. */
  readonly rejected: number;
  readonly bytes: number;
  /** Time of the latest load; undefined if there was none. */
  readonly latest: string | undefined;
  readonly calendar: readonly string[];
  /** What of its sources and days is not looked at, and why. */
  readonly leftOut: readonly string[];
}

/** The last attempt to load a partition, where it published nothing. */
export interface FailedPart extends Pick<Failure, 'time' | 'loadId' | 'query' | 'reason'> {
  /** Mode files: the object; mode replace: all. */
  readonly partition: string;
}

/** What is loaded, due, failed, stale and held of each table. */
export async function status(context: LoadContext, tables: readonly string[]): Promise<readonly TableStatus[]> {
  const run = planRun(context, { tables, from: undefined, to: undefined, maxBytes: 0 });
  const found: TableStatus[] = [];
  for (const table of run.order) {
    context.signal.throwIfAborted();
    try {
      const { discovery, failures } = await lookAt(context, run, table);
      found.push(tableStatus(discovery, failures));
    } catch (error) {
      if (!isPending(error)) throw error;
      found.push({ ...emptyStatus(table), applied: false, pending: error.message });
    }
  }
  return found;
}

/** A table as it is found, and what failed last of it. */
export async function lookAt(
  context: LoadContext,
  run: Pick<Run, 'reads' | 'asked'>,
  table: LoadedTable,
): Promise<{ readonly discovery: Discovery; readonly failures: Failures }> {
  const kept = keptFailures(context, table);
  // What is wrong with the table is told first.
  kept.catch(() => undefined);
  const discovery = await discover(context, table, run.reads.get(keyOf(table)) ?? [], run.asked(table));
  return { discovery, failures: standingFailures(await kept, discovery) };
}

/** True where apply has still to make or change what is looked at: this table, or one that it reads. */
function isPending(error: unknown): error is UserError {
  return error instanceof NotApplied || (isFault(error, 'not-found') && error.api.startsWith('glue:'));
}

/** Prints the result of `status`; a calendar too, where it is of one table. */
export function printStatus(tables: readonly TableStatus[], environment: string, json: boolean): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ tables })}\n`);
  else for (const line of statusLines(tables, environment)) process.stdout.write(`${logText(line)}\n`);
  return EXIT.done;
}

const NOTHING = { due: 0, loaded: 0, failed: 0, stale: 0, held: 0, waiting: 0 };

function emptyStatus(table: LoadedTable): TableStatus {
  const counts = { states: NOTHING, failed: [], rows: 0, rejected: 0, bytes: 0 };
  return {
    table: keyOf(table),
    mode: table.load.mode,
    applied: true,
    ...counts,
    latest: undefined,
    calendar: [],
    leftOut: [],
  };
}

function tableStatus(discovery: Discovery, failures: Failures): TableStatus {
  const { table, units } = discovery;
  const states = { ...NOTHING };
  for (const unit of units) states[failures.has(unitKey(unit.values)) ? 'failed' : unit.state.kind] += 1;
  const entries = [...discovery.ledger.values()];
  return {
    ...emptyStatus(table),
    states,
    failed: units.flatMap((unit) => {
      const failure = failures.get(unitKey(unit.values));
      if (failure === undefined) return [];
      const { time, loadId, query, reason } = failure;
      return [{ partition: partitionText(table, unit), time, loadId, query, reason }];
    }),
    rows: entries.reduce((sum, entry) => sum + entry.rows, 0),
    rejected: entries.reduce((sum, entry) => sum + (entry.rejected ?? 0), 0),
    bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    latest: entries
      .map((entry) => entry.time)
      .toSorted()
      .at(-1),
    calendar: table.load.mode === 'partitions' ? calendar(units, failures) : [],
    leftOut: discovery.leftOut ?? [],
  };
}

function statusLines(tables: readonly TableStatus[], environment: string): readonly string[] {
  const lines = tables.map(tableLine);
  const [only] = tables;
  if (tables.length === 1 && only) {
    if (only.calendar.length > 0) lines.push('', ...only.calendar, '', LEGEND);
    if (only.failed.length > 0) lines.push('', ...failedLines(only.failed));
    if (only.leftOut.length > 0) lines.push('', ...only.leftOut.map((text) => `warning: ${text}`));
  }
  const isPending = tables.some(({ applied }) => !applied);
  return isPending ? [...lines, '', `npm run apply -- --env ${environment} makes what is not applied`] : lines;
}

function tableLine(each: TableStatus): string {
  if (!each.applied) return `${each.table} (${each.mode}): not applied: ${each.pending}`;
  const { due, loaded, failed, stale, held, waiting } = each.states;
  const told = Object.entries({ loaded, due, failed, stale, held, 'without source': waiting }).filter(
    ([, count]) => count > 0,
  );
  const states = told.map(([name, count]) => `${count.toLocaleString('en')} ${name}`).join(', ') || 'nothing yet';
  const rejected = each.rejected === 0 ? '' : ` (${each.rejected.toLocaleString('en')} rejected)`;
  const size = `${plural(each.rows, 'row')}${rejected}, ${bytesText(each.bytes)}`;
  return `${each.table} (${each.mode}): ${states}; ${size}${each.latest === undefined ? '' : `, last loaded ${each.latest}`}`;
}

const MOST_TOLD = 10;

/** The latest first. */
function failedLines(failed: readonly FailedPart[]): readonly string[] {
  const sorted = failed.toSorted((a, b) => b.time.localeCompare(a.time));
  const lines = sorted.slice(0, MOST_TOLD).map(({ partition, time, reason }) => {
    return `failed ${[time, partition].join(' ').trim()}: ${reason}`;
  });
  return failed.length > MOST_TOLD
    ? [...lines, `${(failed.length - MOST_TOLD).toLocaleString('en')} more failed (--json has all)`]
    : lines;
}
