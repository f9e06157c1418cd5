import { type Asked, keyOf, type LoadedTable, loadGraph, type Resumed, type TableKey } from '../core/load/index.ts';
import type { LoadMode, TableDefinition } from '../core/model/definition.ts';
import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import { yesterdayAt } from '../core/partition/index.ts';
import { logText } from '../core/render/text.ts';
import { chosen, rangeAsked } from './load/choose.ts';
import { inEnvironment, type LoadContext, STAGING } from './load/context.ts';
import { discover } from './load/discover.ts';
import { notifyOutcome } from './load/notices.ts';
import type { Pace } from './load/pace.ts';
import { groupsOf, previewOf } from './load/preview.ts';
import {
  type LoadSummary,
  previewLines,
  summarise,
  summaryLine,
  type TableOutcome,
  type TablePreview,
  tableLines,
} from './load/report.ts';
import { type Meter, runStatement } from './load/statement.ts';
import { blocked, loadTable } from './load/table.ts';

export type { LoadContext } from './load/context.ts';
export type { LoadSummary, TableOutcome, TablePreview } from './load/report.ts';

export interface LoadOptions {
  /** `database.table` or a table's name; none means every table that has a load. */
  readonly tables: readonly string[];
  /** Only tables that load in this mode, where none is named. */
  readonly mode?: LoadMode | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** A run reads no more source bytes than this; what is left is due in the next one. */
  readonly maxBytes: number;
  /** The reviewed file that tables and days are from. */
  readonly backfill?: Resumed & { readonly pace?: Pace };
}

/** Tables that do not wait for each other are loaded side by side. */
const SIDE_BY_SIDE = 3;

/** Loads what is due, tables in the order of their lineage. A failed table stops only those that read it. */
export async function load(context: LoadContext, options: LoadOptions): Promise<LoadSummary> {
  const run = planRun(context, options);
  await ensureStaging(context);
  const meter: Meter = { scanned: [] };
  const budget = { left: options.maxBytes };
  const running = new Map<TableKey, Promise<TableOutcome>>();
  const gate = limiter(SIDE_BY_SIDE);
  const cures = new Set<string>();
  const said = async (ended: TableOutcome): Promise<TableOutcome> => {
    const outcome = { ...ended, warnings: [...ended.warnings, ...(await notifyOutcome(context, ended))] };
    for (const line of tableLines(outcome, cures)) context.say(line);
    return outcome;
  };
  for (const table of run.order) {
    const key = keyOf(table);
    const above = (run.upstream.get(key) ?? []).flatMap((each) => running.get(each) ?? []);
    const compared = (run.compares.get(key) ?? []).flatMap((each) => running.get(each) ?? []);
    const outcome = Promise.all(above).then(async (outcomes) => {
      const stopped = outcomes.filter((each) => each.state === 'failed' || each.state === 'blocked');
      if (stopped.length > 0) return blocked(table, stopped);
      await Promise.all(compared);
      return gate(() => loadTable(context, table, run, budget, meter));
    });
    running.set(key, outcome.then(said));
  }
  // Every table ends its own work (stops its query, gives its lease back) before a signal or a bug ends the run.
  const ended = await Promise.allSettled(running.values());
  const outcomes = ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
  return summarise(outcomes, meter.scanned);
}

/** What a load would do, and what it would cost. Nothing is changed. */
export async function previewLoad(context: LoadContext, options: LoadOptions): Promise<readonly TablePreview[]> {
  const run = planRun(context, options);
  const previews: TablePreview[] = [];
  for (const table of run.order) {
    const discovery = await discover(context, table, run.reads.get(keyOf(table)) ?? [], run.asked(table));
    previews.push(previewOf(discovery, groupsOf(discovery, options.maxBytes)));
  }
  return previews;
}

/** Prints the result of `load`. */
export function printLoad(summary: LoadSummary, json: boolean): ExitCode {
  process.stdout.write(json ? `${JSON.stringify(summary)}\n` : `${summaryLine(summary)}\n`);
  const bad = summary.tables.some((table) => table.state === 'failed' || table.state === 'blocked');
  return bad ? EXIT.error : EXIT.done;
}

/** Prints the result of `load --dry-run`. */
export function printPreview(previews: readonly TablePreview[], json: boolean): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ tables: previews })}\n`);
  else for (const preview of previews) process.stdout.write(`${logText(previewLines(preview).join('\n'))}\n`);
  return EXIT.done;
}

/** The tables of a run, and what is known of them before anything is looked at. */
export interface Run {
  readonly order: readonly LoadedTable[];
  readonly upstream: ReadonlyMap<TableKey, readonly TableKey[]>;
  readonly compares: ReadonlyMap<TableKey, readonly TableKey[]>;
  readonly reads: ReadonlyMap<TableKey, readonly TableDefinition[]>;
  readonly asked: (table: LoadedTable) => Asked;
  /** True if the tables were named one by one. */
  readonly named: boolean;
  /** Told what is done, where somebody wants to know how long it will take. */
  readonly pace?: Pace | undefined;
}

/** The tables that options choose, in their order, with what each of them reads. */
export function planRun(context: LoadContext, options: LoadOptions): Run {
  const graph = loadGraph(context.definitions);
  const [cycle] = graph.cycles;
  if (cycle) {
    throw new UserError(`loads read each other in a circle: ${cycle.join(' -> ')}`, 'break the circle in one load.sql');
  }
  const range = rangeAsked(options);
  const yesterday = yesterdayAt(context.now(), context.definitions.lake.timezone);
  return {
    ...graph,
    order: chosen(graph.order, options.tables).filter(
      (table) => options.mode === undefined || table.load.mode === options.mode,
    ),
    named: options.tables.length > 0,
    pace: options.backfill?.pace,
    // A range means nothing to a table that is replaced as a whole, unless it was named: then it is loaded again.
    asked: (table) => ({
      range: table.load.mode === 'replace' && options.tables.length === 0 ? undefined : range,
      yesterday,
      ...(options.backfill === undefined ? {} : { backfill: options.backfill }),
    }),
  };
}

/** The database for temporary tables is made by apply; an environment that was never applied to gets it here. */
async function ensureStaging(context: LoadContext): Promise<void> {
  const database = inEnvironment(context, STAGING);
  const databases = await context.glue.listDatabases();
  if (databases.some((each) => each.name === database)) return;
  const sql = `CREATE DATABASE IF NOT EXISTS \`${database}\``;
  await runStatement(context, {
    sql,
    loadId: `${context.now()} ${context.nonce()}`,
    step: 'staging',
    meter: { scanned: [] },
  });
}

function limiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
