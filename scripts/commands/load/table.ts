import { keyOf, type LoadedTable, type LoadUnit, unitKey } from '../../core/load/index.ts';
import { UserError } from '../../core/model/exit.ts';
import { messageOf } from '../../core/render/errors.ts';
import type { Run } from '../load.ts';
import { loadApart } from './apart.ts';
import type { LoadContext } from './context.ts';
import { type Discovery, discover } from './discover.ts';
import { loadFiles } from './drain.ts';
import { type Attempts, attemptsOf, isEnd, keepFailures } from './failed.ts';
import { staleChecks } from './freshness.ts';
import type { Intent, LoadRecord } from './intent.ts';
import { unfitFiles } from './landing.ts';
import { acquireLease, type Lease, openIntents } from './lease.ts';
import { notifyPublished } from './notices.ts';
import { groupsOf, previewOf, standing } from './preview.ts';
import { keepLeft } from './record.ts';
import { alignRejects } from './rejects.ts';
import { emptyOutcome, partitionText, previewLines, shorten, type TableOutcome } from './report.ts';
import { type Budget, reserve } from './room.ts';
import { finishLoad, type GroupResult, type GroupRun, type LoadGroup, runGroup } from './run.ts';
import { clearAway, isOwn, settlementOf } from './settle.ts';
import { sideBySide } from './side-by-side.ts';
import { type Meter, StatementError } from './statement.ts';

/** Loads what is due of one table. What goes wrong is in the outcome; only a signal or a bug is thrown. */
export async function loadTable(
  context: LoadContext,
  table: LoadedTable,
  run: Pick<Run, 'reads' | 'asked' | 'named' | 'pace'>,
  budget: Budget,
  total: Meter,
): Promise<TableOutcome> {
  const began = context.now();
  const work: TableWork = {
    context,
    table,
    run,
    budget,
    meter: { scanned: [] },
    attempts: attemptsOf(context, () => work.found?.definition ?? ''),
    found: undefined,
    tally: emptyOutcome(keyOf(table), table.load.mode === 'replace'),
  };
  try {
    context.signal.throwIfAborted();
    await loadDue(work);
    if (run.asked(table).range === undefined) await tellStale(work);
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
  readonly run: Pick<Run, 'reads' | 'asked' | 'named' | 'pace'>;
  readonly budget: Budget;
  readonly meter: Meter;
  readonly attempts: Attempts;
  /** What was found by the last look. */
  found: Discovery | undefined;
  tally: TableOutcome;
}

/** A table that is not fresh is told by every run, also by one that finds nothing to load. */
async function tellStale(work: TableWork): Promise<void> {
  for (const { severity, text } of await staleChecks(work.context, work.table)) {
    if (severity === 'warn') add(work, { warnings: [text] });
    else add(work, { errors: [{ message: text, cure: 'look why no files came, or why they could not be loaded' }] });
  }
}

/** Looking once more costs little, so clocks are trusted less here than by the lease. */
const CLOCKS_APART_MS = 60_000;

/** Looks what is due; if anything is, or a killed run left something, takes the lease and does it. */
async function loadDue(work: TableWork): Promise<void> {
  const { context, table } = work;
  const looked = context.now();
  const first = await look(work);
  const isDue = first.units.some((unit) => unit.state.kind === 'due');
  if (!isDue && first.strayRejects !== true && (await openIntents(context, table))?.length === 0) return;
  const lease = await acquireLease(context, table);
  try {
    const intents = lease.intents();
    // A load that ended after this run looked has changed what is due.
    const moved = lease.releasedBefore !== undefined && lease.releasedBefore > looked - CLOCKS_APART_MS;
    const discovery = moved || intents.length > 0 ? await look(work) : first;
    const settled = await settleIntents(work, discovery, intents, lease);
    if (discovery.strayRejects === true || intents.length > 0) await alignRejects(context, lease, table);
    if (table.load.mode === 'files') await drainFiles(work, discovery, lease);
    else await loadGroups(work, discovery, settled, lease);
  } finally {
    if (work.found) add(work, { warnings: await keepFailures(context, lease, work.found, work.attempts.ends) });
    await lease.release().catch(() => undefined);
  }
}

async function look(work: TableWork): Promise<Discovery> {
  const { context, table, run } = work;
  const asked = run.asked(table);
  const discovery = await discover(context, table, run.reads.get(keyOf(table)) ?? [], asked);
  work.found = discovery;
  const { counts, missing, allMissing } = standing(discovery, asked);
  work.tally = { ...work.tally, ...counts };
  add(work, { warnings: (discovery.leftOut ?? []).filter((text) => !work.tally.warnings.includes(text)) });
  if (missing === undefined) return discovery;
  // For a schedule it is an ordinary day; for somebody who asked for this table or these days it is not what they wanted,
  // and a whole table that was never loaded leaves those that read it without rows.
  const neverLoaded = table.load.mode === 'replace' && discovery.ledger.size === 0;
  if (allMissing && (run.named || asked.range !== undefined || neverLoaded)) {
    const cure = 'have the files dropped there and load again';
    throw new UserError(missing, asked.range === undefined ? cure : `${cure}, or ask for other days`);
  }
  if (!work.tally.warnings.includes(missing)) add(work, { warnings: [missing] });
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
    if (!isOwn(context, table, intent)) {
      add(work, {
        warnings: [`its lease names a load that is none of this table, which is left alone: ${intent.loadId}`],
      });
      await lease.end(intent.loadId);
      continue;
    }
    const settlement = settlementOf(context, discovery, intent);
    if (settlement.kind !== 'resume' || settlement.group.units.some((unit) => settled.has(unitKey(unit.values)))) {
      const left = await keepLeft(context, discovery, intent);
      add(work, { warnings: left?.warnings ?? [] });
      if (left) add(work, { warnings: await notifyPublished(context, table, left.record) });
      await clearAway(context, lease, intent, settlement.kind !== 'done');
      continue;
    }
    context.say(`${keyOf(table)}: going on with load ${intent.loadId}, which another run began`);
    try {
      const { group } = settlement;
      const { meter, attempts } = work;
      const given = { context, discovery, group, lease, meter, ended: attempts.ended };
      addResult(work, await finishLoad(given, intent));
      for (const unit of group.units) settled.add(unitKey(unit.values));
    } catch (error) {
      // Its statement failed, or its temporary table is gone: these partitions are loaded anew.
      if (!isSpent(error)) throw error;
    }
  }
  return settled;
}

function drainFiles(work: TableWork, discovery: Discovery, lease: Lease): Promise<void> {
  const { context, budget, meter, tally } = work;
  const due = tally.due;
  return loadFiles(
    {
      ...{ context, lease, meter, budget },
      // What is due was counted when the run began; looking again must not count it down.
      look: async () => {
        const found = await look(work);
        work.tally = { ...work.tally, due: Math.max(due, work.tally.due) };
        return found;
      },
      deferred: (count, warnings) => add(work, { deferred: count, warnings }),
      done: (result) => addResult(work, result),
      failed: (error) => add(work, { errors: [error] }),
      attempts: work.attempts,
    },
    discovery,
  );
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
  const due = discovery.units.filter((unit) => unit.state.kind === 'due' && !settled.has(unitKey(unit.values)));
  const left = { ...discovery, units: await fitUnits(work, discovery, due) };
  const groups = groupsOf(left, budget.left);
  if (groups.length > 0) sayDue(context, left, groups);
  const fitting = groups.filter((each) => {
    const fits = reserve(budget, bytesOf(each));
    if (!fits) deferGroup(work, each);
    return fits;
  });
  const tries = { failed: 0 };
  const load = async (group: LoadGroup): Promise<void> => {
    addResult(work, await runOne(work, { context, discovery, group, lease, meter }));
    work.run.pace?.(group);
  };
  const failed = (group: LoadGroup, error: Error): void => leaveOut(work, group, error);
  await sideBySide(fitting, (group) =>
    loadApart(group, { load, mayRead: (each) => reserve(budget, bytesOf(each)), failed, tries }),
  );
}

function bytesOf({ units }: LoadGroup): number {
  return units.reduce((sum, unit) => sum + unit.bytes, 0);
}

/** Tells of partitions whose data is at fault; the others are loaded. */
function leaveOut(work: TableWork, { units }: LoadGroup, error: Error): void {
  const { where, message, cure } = error as UserError;
  const named =
    work.table.partitions.length === 0 ? '' : `${shorten(units.map((unit) => partitionText(work.table, unit)))}: `;
  add(work, { errors: [{ ...(where === undefined ? {} : { where }), message: `${named}${message}`, cure }] });
}

/** Runs a group; what comes to no load of its own is told of by the error. */
async function runOne({ context, attempts }: TableWork, given: GroupRun): Promise<GroupResult> {
  let isTold = false;
  const ended = (record: LoadRecord): void => {
    isTold = true;
    attempts.ended(record);
  };
  try {
    return await runGroup({ ...given, ended });
  } catch (error) {
    if (!isTold && isEnd(context, error)) attempts.failed(given.group.units, messageOf(error));
    throw error;
  }
}

/** The partitions whose landing files are as their tables say; what is wrong with the others is told. */
async function fitUnits(work: TableWork, discovery: Discovery, due: readonly LoadUnit[]): Promise<readonly LoadUnit[]> {
  work.context.progress(`${keyOf(work.table)}: looking at the landing files`);
  const objects = due.flatMap((unit) => unit.sources.objects);
  const unfit = await unfitFiles(work.context, discovery, objects);
  add(work, { errors: unfit.map(({ message, cure }) => ({ message, cure })) });
  const messages = new Map(unfit.map((each) => [each.key, each.message]));
  return due.filter((unit) => {
    const [message] = unit.sources.objects.flatMap((object) => messages.get(object.key) ?? []);
    if (message !== undefined) work.attempts.failed([unit], message);
    return message === undefined;
  });
}

function addResult(work: TableWork, result: GroupResult): void {
  const { tally } = work;
  add(work, {
    published: tally.published + result.partitions.length,
    rows: tally.rows + result.rows,
    rejected: tally.rejected + result.rejected,
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

function deferGroup(work: TableWork, each: LoadGroup): void {
  const { tally, budget } = work;
  const [first] = each.units;
  const tooBig = each.units.length === 1 && first !== undefined && tally.deferred === 0;
  const text = tooBig
    ? `${partitionText(work.table, first)} reads ${bytesOf(each)} bytes, the byte cap leaves ${budget.left}`
    : '';
  const warnings = tooBig ? [`${text}: raise it with --max-bytes`] : [];
  add(work, { deferred: tally.deferred + each.units.length, warnings });
}

function sayDue(context: LoadContext, discovery: Discovery, groups: readonly LoadGroup[]): void {
  const [line] = previewLines(previewOf(discovery, groups));
  if (line !== undefined) context.say(line);
}

/** A table that is not loaded because one that it reads failed. */
export function blocked(table: LoadedTable, stopped: readonly TableOutcome[]): TableOutcome {
  const names = stopped.map((each) => each.table).join(', ');
  const cure = 'it is loaded by the next run once they are';
  return {
    ...emptyOutcome(keyOf(table), table.load.mode === 'replace'),
    state: 'blocked',
    errors: [{ message: `it reads ${names}, which failed`, cure }],
  };
}
