import {
  type Asked,
  keyOf,
  type LoadedTable,
  type LoadUnit,
  loadGraph,
  scanCost,
  type TableKey,
  unitKey,
} from '../core/load/index.ts';
import type { TableDefinition } from '../core/model/definition.ts';
import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import { group, isDay, yesterdayAt } from '../core/partition/index.ts';
import { inEnvironment, type LoadContext, STAGING } from './load/context.ts';
import { type Discovery, discover } from './load/discover.ts';
import type { Intent } from './load/intent.ts';
import { acquireLease, type Lease, openIntents } from './load/lease.ts';
import {
  type LoadSummary,
  partitionText,
  previewLines,
  shorten,
  summarise,
  summaryLine,
  type TableOutcome,
  type TablePreview,
  tableLines,
} from './load/report.ts';
import { finishLoad, type GroupResult, type LoadGroup, runGroup } from './load/run.ts';
import { clearAway, settlementOf } from './load/settle.ts';
import { type Meter, runStatement, StatementError } from './load/statement.ts';

export type { LoadContext } from './load/context.ts';
export type { LoadSummary, TableOutcome, TablePreview } from './load/report.ts';

export interface LoadOptions {
  /** `database.table` or a table's name; none means every table that has a load. */
  readonly tables: readonly string[];
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** A run reads no more source bytes than this; what is left is due in the next one. */
  readonly maxBytes: number;
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
  const said = (outcome: TableOutcome): TableOutcome => {
    for (const line of tableLines(outcome)) context.say(line);
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

export function printPreview(previews: readonly TablePreview[], json: boolean): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ tables: previews })}\n`);
  else for (const preview of previews) process.stdout.write(`${previewLines(preview).join('\n')}\n`);
  return EXIT.done;
}

interface Run {
  readonly order: readonly LoadedTable[];
  readonly upstream: ReadonlyMap<TableKey, readonly TableKey[]>;
  readonly compares: ReadonlyMap<TableKey, readonly TableKey[]>;
  readonly reads: ReadonlyMap<TableKey, readonly TableDefinition[]>;
  readonly asked: (table: LoadedTable) => Asked;
}

function planRun(context: LoadContext, options: LoadOptions): Run {
  const graph = loadGraph(context.definitions);
  const [cycle] = graph.cycles;
  if (cycle) {
    throw new UserError(`loads read each other in a circle: ${cycle.join(' -> ')}`, 'break the circle in one load.sql');
  }
  const range = rangeAsked(options);
  const yesterday = yesterdayAt(context.now(), context.definitions.lake.timezone);
  return {
    ...graph,
    order: chosen(graph.order, options.tables),
    // A range means nothing to a table that is replaced as a whole, unless it was named: then it is loaded again.
    asked: (table) => ({
      range: table.load.mode === 'replace' && options.tables.length === 0 ? undefined : range,
      yesterday,
    }),
  };
}

function rangeAsked({ from, to }: LoadOptions): Asked['range'] {
  for (const [flag, day] of Object.entries({ from, to })) {
    if (day !== undefined && !isDay(day)) {
      throw new UserError(
        `--${flag} ${JSON.stringify(day)} is not a day`,
        'give a day as yyyy-MM-dd, for instance 2025-03-23',
      );
    }
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new UserError(`--from ${from} is after --to ${to}`, 'give the earlier day to --from');
  }
  return from === undefined && to === undefined ? undefined : { from, to };
}

function chosen(order: readonly LoadedTable[], names: readonly string[]): readonly LoadedTable[] {
  if (names.length === 0) return order;
  const found = names.map((name) => {
    const matches = order.filter((table) => keyOf(table) === name || table.name === name);
    if (matches.length === 1) return matches[0]!;
    const known = order.map(keyOf);
    const why = matches.length === 0 ? 'no table with a load is called' : 'several tables are called';
    throw new UserError(`${why} ${JSON.stringify(name)}`, `give one of: ${shorten(known, 20)}`);
  });
  return order.filter((table) => found.includes(table));
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

async function loadTable(
  context: LoadContext,
  table: LoadedTable,
  run: Run,
  budget: { left: number },
  total: Meter,
): Promise<TableOutcome> {
  const began = context.now();
  const work: TableWork = { context, table, run, budget, meter: { scanned: [] }, tally: emptyOutcome(table) };
  try {
    context.signal.throwIfAborted();
    await loadDue(work);
  } catch (error) {
    if (!(error instanceof UserError) || context.signal.aborted) throw error;
    const where = error.where === undefined ? {} : { where: error.where };
    add(work, { errors: [{ ...where, message: error.message, cure: error.cure }] });
  } finally {
    total.scanned.push(...work.meter.scanned);
  }
  const { meter, tally } = work;
  const scanned = { bytesScanned: meter.scanned.reduce((sum, bytes) => sum + bytes, 0), queries: meter.scanned.length };
  const state = tally.errors.length > 0 ? 'failed' : tally.due === 0 && tally.published === 0 ? 'nothing' : 'done';
  return { ...tally, ...scanned, seconds: (context.now() - began) / 1000, state };
}

interface TableWork {
  readonly context: LoadContext;
  readonly table: LoadedTable;
  readonly run: Run;
  readonly budget: { left: number };
  readonly meter: Meter;
  tally: TableOutcome;
}

/** Looks what is due; if anything is, or a killed run left something, takes the lease and does it. */
async function loadDue(work: TableWork): Promise<void> {
  const { context, table } = work;
  const looked = context.now();
  const first = await look(work);
  const isDue = first.units.some((unit) => unit.state.kind === 'due');
  if (!isDue && (await openIntents(context, table)).length === 0) return;
  const lease = await acquireLease(context, table);
  try {
    const intents = lease.intents();
    // A load that ended after this run looked has changed what is due.
    const moved = lease.releasedBefore !== undefined && lease.releasedBefore > looked - 60_000;
    const discovery = moved || intents.length > 0 ? await look(work) : first;
    const settled = await settleIntents(work, discovery, intents, lease);
    await loadGroups(work, discovery, settled, lease);
  } finally {
    await lease.release().catch(() => undefined);
  }
}

async function look(work: TableWork): Promise<Discovery> {
  const { context, table, run } = work;
  const asked = run.asked(table);
  const discovery = await discover(context, table, run.reads.get(keyOf(table)) ?? [], asked);
  work.tally = { ...work.tally, ...standing(discovery, asked) };
  return discovery;
}

/** Ends what killed runs began: goes on with it where it is still wanted. Answers the partitions that this took care of. */
async function settleIntents(
  work: TableWork,
  discovery: Discovery,
  intents: readonly Intent[],
  lease: Lease,
): Promise<ReadonlySet<string>> {
  const { context, table } = work;
  const settled = new Set<string>();
  for (const intent of intents) {
    const settlement = settlementOf(discovery, intent);
    if (settlement.kind !== 'resume' || settlement.group.units.some((unit) => settled.has(unitKey(unit.values)))) {
      await clearAway(context, lease, intent, settlement.kind !== 'done');
      continue;
    }
    context.say(`${keyOf(table)}: going on with load ${intent.loadId}, which another run began`);
    try {
      const { group: units } = settlement;
      addResult(work, await finishLoad({ context, discovery, group: units, lease, meter: work.meter }, intent));
      for (const unit of units.units) settled.add(unitKey(unit.values));
    } catch (error) {
      // Its statement failed, or its temporary table is gone: these partitions are loaded anew.
      if (!isSpent(error)) throw error;
    }
  }
  return settled;
}

function isSpent(error: unknown): boolean {
  return error instanceof UserError && error.cause instanceof StatementError;
}

async function loadGroups(
  work: TableWork,
  discovery: Discovery,
  settled: ReadonlySet<string>,
  lease: Lease,
): Promise<void> {
  const { context, budget, meter } = work;
  const left = { ...discovery, units: discovery.units.filter((unit) => !settled.has(unitKey(unit.values))) };
  const groups = groupsOf(left, budget.left);
  if (groups.length > 0) sayDue(context, left, groups);
  for (const each of groups) {
    const bytes = each.units.reduce((sum, unit) => sum + unit.bytes, 0);
    if (bytes > budget.left) {
      deferGroup(work, each, bytes);
      continue;
    }
    budget.left -= bytes;
    addResult(work, await runGroup({ context, discovery, group: each, lease, meter }));
  }
}

function addResult(work: TableWork, result: GroupResult): void {
  const { tally } = work;
  add(work, {
    published: tally.published + result.published,
    rows: tally.rows + result.rows,
    bytesWritten: tally.bytesWritten + result.bytes,
    loads: [result.loadId],
    warnings: result.warnings,
    errors: result.failures.map((message) => ({ message, cure: FAILED_CHECK })),
  });
}

/** Counts replace what was counted, lists grow. */
function add(work: TableWork, more: Partial<TableOutcome>): void {
  const { tally } = work;
  work.tally = {
    ...tally,
    ...more,
    loads: [...tally.loads, ...(more.loads ?? [])],
    warnings: [...tally.warnings, ...(more.warnings ?? [])],
    errors: [...tally.errors, ...(more.errors ?? [])],
  };
}

const FAILED_CHECK =
  'correct the data or the check; what was there before is still there, nothing of this partition was published';

function emptyOutcome(table: LoadedTable): TableOutcome {
  const counts = { due: 0, published: 0, rows: 0, bytesWritten: 0, bytesScanned: 0, queries: 0, seconds: 0 };
  const lists = { loads: [], warnings: [], errors: [] };
  const whole = table.load.mode === 'replace';
  return { table: keyOf(table), whole, state: 'nothing', ...counts, deferred: 0, stale: 0, held: 0, ...lists };
}

/** How many partitions are due, stale, held; what was asked for and has no source is said. */
function standing(discovery: Discovery, asked: Asked): Pick<TableOutcome, 'due' | 'stale' | 'held' | 'warnings'> {
  const of = (kind: LoadUnit['state']['kind']): readonly LoadUnit[] =>
    discovery.units.filter((unit) => unit.state.kind === kind);
  const waiting = of('waiting');
  const warnings: string[] = [];
  if (waiting.length > 0 && (asked.range !== undefined || discovery.table.load.mode === 'replace')) {
    const missing = new Set(waiting.flatMap((unit) => (unit.state.kind === 'waiting' ? unit.state.missing : [])));
    const from = [...missing].map((name) => sourceText(discovery, name)).join('; ');
    warnings.push(`no source for ${shorten(waiting.map(partitionText))}: nothing in ${from}`);
  }
  return { due: of('due').length, stale: of('stale').length, held: of('held').length, warnings };
}

function sourceText(discovery: Discovery, name: string): string {
  const source = discovery.reads.find((each) => keyOf(each.table) === name);
  if (source === undefined || source.kind === 'loads') return `${name} (loaded by another load)`;
  return `${name} (${source.table.location.bucket} bucket, ${source.table.location.path})`;
}

function groupsOf(discovery: Discovery, mostBytes: number): readonly LoadGroup[] {
  const due = discovery.units.filter((unit) => unit.state.kind === 'due');
  if (discovery.table.load.mode === 'replace') {
    return due.map((unit) => ({ units: [unit], from: unit.from, to: unit.to, gaps: false }));
  }
  return group(due, { mostBytes, between: discovery.bytesIn });
}

function deferGroup(work: TableWork, each: LoadGroup, bytes: number): void {
  const { tally, budget } = work;
  const [first] = each.units;
  const tooBig = each.units.length === 1 && first !== undefined && tally.deferred === 0;
  const text = tooBig ? `${partitionText(first)} reads ${bytes} bytes, the byte cap leaves ${budget.left}` : '';
  const warnings = tooBig ? [`${text}: raise it with --max-bytes`] : [];
  add(work, { deferred: tally.deferred + each.units.length, warnings });
}

function sayDue(context: LoadContext, discovery: Discovery, groups: readonly LoadGroup[]): void {
  const [line] = previewLines(previewOf(discovery, groups));
  if (line !== undefined) context.say(line);
}

function previewOf(discovery: Discovery, groups: readonly LoadGroup[]): TablePreview {
  const texts = (kind: LoadUnit['state']['kind']): readonly string[] =>
    discovery.units.filter((unit) => unit.state.kind === kind).map(partitionText);
  const bytes = groups.map((each) => each.units.reduce((sum, unit) => sum + unit.bytes, 0));
  return {
    table: keyOf(discovery.table),
    due: discovery.units.flatMap((unit) =>
      unit.state.kind === 'due'
        ? [{ partition: partitionText(unit), reason: unit.state.reason, bytes: unit.bytes }]
        : [],
    ),
    waiting: discovery.units.flatMap((unit) =>
      unit.state.kind === 'waiting' ? [{ partition: partitionText(unit), missing: unit.state.missing }] : [],
    ),
    loaded: texts('loaded').length,
    stale: texts('stale'),
    held: texts('held'),
    statements: groups.length,
    bytes: bytes.reduce((sum, each) => sum + each, 0),
    dollars: scanCost(bytes),
  };
}

function blocked(table: LoadedTable, stopped: readonly TableOutcome[]): TableOutcome {
  const names = stopped.map((each) => each.table).join(', ');
  const cure = 'it is loaded by the next run once they are';
  return { ...emptyOutcome(table), state: 'blocked', errors: [{ message: `it reads ${names}, which failed`, cure }] };
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
