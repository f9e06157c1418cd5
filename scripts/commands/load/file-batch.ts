import {
  type FileWork,
  filePlan,
  fingerprint,
  type LoadUnit,
  mostPartitions,
  type PlannedWork,
  type SourceObject,
  sourceBytes,
  statementsOf,
  unitKey,
} from '../../core/load/index.ts';
import type { UserError } from '../../core/model/exit.ts';
import type { Told } from '../../core/render/errors.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { writeIndex } from './file-index.ts';
import type { LoadRecord } from './intent.ts';
import { unfitFiles } from './landing.ts';
import type { Lease } from './lease.ts';
import { bytesToMap, type KnownMappings, type Mapped, mappingOf, objectsIn } from './mapping.ts';
import { freshAmong, freshIn, homelessRows, type Obstacle, obstacleOf, waitingFor, wantedOf } from './obstacles.ts';
import { registerSources } from './register.ts';
import { type Budget, type Choice, costOf, fitting, reserve, type Weight, weightOf } from './room.ts';
import { type GroupResult, type LoadGroup, runGroup } from './run.ts';
import { isOfData, type Meter } from './statement.ts';

/** One try to load some objects of a table of mode files, all together or none of them. */

/** Something that went wrong with a batch, never without what to do. */
export interface BatchFault extends Told {
  readonly cure: string;
}

export interface BatchRun {
  readonly context: LoadContext;
  readonly lease: Lease;
  readonly meter: Meter;
  readonly mapped: KnownMappings;
  readonly budget: Budget;
  /** The objects that this run has set aside, by key. */
  readonly aside: ReadonlySet<string>;
  readonly done: (result: GroupResult) => void;
  readonly failed: (error: BatchFault) => void;
  /** Told of each load that it came to, and how that ended. */
  readonly ended: (record: LoadRecord) => void;
}

/** What came of it. `objects` are those of the batch, and those that could not be left out. */
export type Tried =
  | { readonly kind: 'loaded'; readonly objects: readonly SourceObject[] }
  /** These stand in the way and were told, by key with the reason; nothing of the batch is known as loaded. */
  | { readonly kind: 'aside'; readonly why: ReadonlyMap<string, string> }
  /** Nothing of it fits into what the run may still read. Without weights it may be that some of them do, fewer at once. */
  | { readonly kind: 'over'; readonly weights: ReadonlyMap<string, Weight> | undefined }
  /** One or more of the suspects do; the faults are still to be told, of those that they are of. */
  | {
      readonly kind: 'broken';
      readonly suspects: readonly string[];
      readonly faults: readonly BatchFault[];
      readonly why: ReadonlyMap<string, string>;
    };

/** Loads some objects all together; under a byte cap it may be fewer of them. */
export async function loadBatch(run: BatchRun, discovery: Discovery, batch: readonly SourceObject[]): Promise<Tried> {
  const listed = new Map(discovery.units.flatMap((unit) => unit.sources.objects).map((object) => [object.key, object]));
  for (let objects = batch; ; ) {
    const planned = await planBatch(run, discovery, objects, listed);
    if (planned.kind === 'unread') return tooMuch(batch, planned);
    if (planned.kind !== 'work') return planned;
    const more = neededBy(run, planned.work, listed);
    if (more.length === 0) return loadFitting(run, discovery, { batch, objects, listed }, planned);
    objects = joined(objects, more);
  }
}

/** Partitions of some work are also made of these, which have changed since and were not tried yet: all at once, then. */
function neededBy(
  { aside }: BatchRun,
  work: readonly PlannedWork[],
  listed: ReadonlyMap<string, SourceObject>,
): readonly SourceObject[] {
  const needed = work.flatMap((each) => each.changed).flatMap(({ key }) => listed.get(key) ?? []);
  return needed.filter((object) => !aside.has(object.key));
}

function joined(some: readonly SourceObject[], more: readonly SourceObject[]): readonly SourceObject[] {
  return [...new Map([...some, ...more].map((object) => [object.key, object])).values()];
}

interface Planned {
  readonly kind: 'work';
  readonly work: readonly PlannedWork[];
  readonly fresh: ReadonlySet<string>;
  /** The same for fewer of the objects; undefined where nothing can be told of one object alone. */
  readonly of: ((objects: readonly SourceObject[]) => readonly PlannedWork[]) | undefined;
}

/** There is no room even to ask where the rows go. */
interface Unread {
  readonly kind: 'unread';
  readonly bytes: number;
}

function tooMuch(batch: readonly SourceObject[], weight: Weight): Tried {
  return { kind: 'over', weights: batch.length > 1 ? undefined : new Map(batch.map(({ key }) => [key, weight])) };
}

async function planBatch(
  run: BatchRun,
  discovery: Discovery,
  objects: readonly SourceObject[],
  listed: ReadonlyMap<string, SourceObject>,
): Promise<Planned | Unread | Tried> {
  const keys = objects.map((object) => object.key);
  const unfit = await unfitFiles(run.context, discovery, objects);
  for (const each of unfit) run.failed({ message: each.message, cure: each.cure });
  if (unfit.length > 0) return { kind: 'aside', why: new Map(unfit.map((each) => [each.key, each.message])) };
  await registerSources(run.context, discovery, objects);
  const fresh = freshAmong(discovery, keys);
  const bytes = bytesToMap(run.mapped, objects);
  if (!reserve(run.budget, bytes)) return { kind: 'unread', bytes: bytes + sourceBytes({ objects, upstream: [] }) };
  try {
    const mapping = await mappingOf(run, discovery, objects);
    const homeless = homelessRows(discovery.table, mapping);
    if (homeless?.guilty.has('')) return homelessSomewhere(keys, homeless);
    if (homeless !== undefined) return blame(run, homeless);
    const of = planner(discovery, mapping, fresh, listed);
    const work = of(objects);
    const obstacle = obstacleOf(discovery, work, fresh);
    if (obstacle !== undefined) return blame(run, obstacle);
    const isByObject = mapping.every(({ object }) => object !== undefined);
    return { kind: 'work', work, fresh, of: isByObject ? of : undefined };
  } catch (error) {
    return brokenBy(error, [...fresh]);
  }
}

function planner(
  discovery: Discovery,
  mapping: readonly Mapped[],
  fresh: ReadonlySet<string>,
  listed: ReadonlyMap<string, SourceObject>,
): (objects: readonly SourceObject[]) => readonly PlannedWork[] {
  const plain = mapping.map(({ object, values }) => ({ object, values: values as readonly string[] }));
  const ledger = new Map(
    [...discovery.ledger].map(([key, entry]) => [key, { values: discovery.existing.get(key)!.values, entry }]),
  );
  return (objects) => {
    const keys = new Set(objects.map(({ key }) => key));
    const own = plain.filter(({ object }) => object === undefined || keys.has(object));
    const some = new Set([...fresh].filter((key) => keys.has(key)));
    return wantedOf(discovery, filePlan(objects, own, ledger, listed), some);
  };
}

interface Batch {
  readonly batch: readonly SourceObject[];
  /** Those, and the ones that have to come with them. */
  readonly objects: readonly SourceObject[];
  readonly listed: ReadonlyMap<string, SourceObject>;
}

/** Loads what there is room for. What waits for others needs none. */
async function loadFitting(
  run: BatchRun,
  discovery: Discovery,
  { batch, objects, listed }: Batch,
  planned: Planned,
): Promise<Tried> {
  const [blocked] = waitingFor(discovery, planned.work, planned.fresh).filter(({ guilty }) => guilty.size > 0);
  if (blocked !== undefined) return blame(run, blocked);
  const whole: Choice = { objects, work: planned.work };
  if (reserve(run.budget, costOf(discovery, planned.work))) return loadPlanned(run, discovery, whole, planned.fresh);
  const { of } = planned;
  if (of === undefined) return tooMuch(batch, weightOf(discovery, whole));
  const choose = (some: readonly SourceObject[]): Choice => {
    const work = of(some);
    const more = neededBy(run, work, listed);
    return more.length === 0 ? { objects: some, work } : choose(joined(some, more));
  };
  const choice = fitting(discovery, run.budget.left, batch, choose);
  if (choice === undefined) {
    return { kind: 'over', weights: new Map(batch.map((one) => [one.key, weightOf(discovery, choose([one]))])) };
  }
  reserve(run.budget, costOf(discovery, choice.work));
  const own = choice.objects.map(({ key }) => key).filter((key) => planned.fresh.has(key));
  return loadPlanned(run, discovery, choice, new Set(own));
}

function homelessSomewhere(keys: readonly string[], { what, cure }: Obstacle): Tried {
  const faults = [{ message: `${what}; nothing of it was published`, cure }];
  return { kind: 'broken', suspects: keys, faults, why: new Map(keys.map((key) => [key, what])) };
}

async function loadPlanned(
  run: BatchRun,
  discovery: Discovery,
  { objects, work }: Choice,
  fresh: ReadonlySet<string>,
): Promise<Tried> {
  const { table } = discovery;
  const waiting = waitingFor(discovery, work, fresh);
  // What was asked for and has to wait keeps nothing else back.
  for (const { partition, what, cure } of waiting) run.failed({ message: `partition ${partition} ${what}`, cure });
  const now = work.filter((each) => each.changed.length === 0);
  const broken = await loadWork(run, discovery, statementsOf(now, mostPartitions(table)));
  if (broken === undefined) {
    await writeIndex(run.context, table, objects);
    return { kind: 'loaded', objects };
  }
  const bad = now.filter((each) => broken.partitions.has(unitKey(each.values)));
  const why = new Map(
    bad.flatMap((each) => {
      const reason = broken.partitions.get(unitKey(each.values)) ?? '';
      return freshIn(discovery, each, fresh).map((key) => [key, reason] as const);
    }),
  );
  if (why.size > 0) return { kind: 'broken', suspects: [...why.keys()], faults: broken.faults, why };
  // Just what was asked for: its partitions are made of the same objects, whichever of them are left out.
  for (const fault of broken.faults) run.failed(fault);
  const [reason = ''] = broken.partitions.values();
  return { kind: 'aside', why: new Map(objects.map((object) => [object.key, reason])) };
}

interface Broken {
  /** By unitKey, with the reason. */
  readonly partitions: ReadonlyMap<string, string>;
  readonly faults: readonly BatchFault[];
}

const CURE = 'correct the file or the check; nothing of it was published, and what was there before is still there';

/**
 * Makes partitions anew, as many at once as a statement may write. None is published before all of them are written and
 * checked: an object whose rows are in two statements is there wholly or not at all.
 */
async function loadWork(
  run: BatchRun,
  discovery: Discovery,
  [some, ...rest]: readonly (readonly FileWork[])[],
): Promise<Broken | undefined> {
  if (some === undefined) return undefined;
  const { context, lease, meter } = run;
  const reasons = new Map<string, string>();
  const ended = (record: LoadRecord): void => {
    run.ended(record);
    for (const { values, reason = '' } of record.partitions) reasons.set(unitKey(values), reason);
  };
  const group = groupOf(some);
  const paths = [...new Set(some.flatMap((each) => each.objects.map((object) => object.key)))];
  let after: Broken | undefined;
  const others = async (): Promise<boolean> => {
    after = await loadWork(run, discovery, rest);
    return after === undefined;
  };
  const objects = objectsIn(context, discovery, paths);
  const given = { context, discovery, group, lease, meter, objects, ended };
  try {
    const result = await runGroup(rest.length === 0 ? given : { ...given, others });
    const failed = result.failed.map(unitKey);
    const isPublished = failed.length === 0 && after === undefined;
    run.done(isPublished ? result : { ...result, failures: [], warnings: [] });
    if (failed.length === 0) return after;
    const partitions = new Map(failed.map((key) => [key, reasons.get(key) ?? '']));
    return { partitions, faults: result.failures.map((message) => ({ message, cure: CURE })) };
  } catch (error) {
    if (!isOfData(error)) throw error;
    const partitions = new Map(some.map(({ values }) => [unitKey(values), error.message]));
    return { partitions, faults: [faultOf(error)] };
  }
}

function brokenBy(error: unknown, suspects: readonly string[]): Tried {
  if (!isOfData(error) || suspects.length === 0) throw error;
  const why = new Map(suspects.map((key) => [key, error.message]));
  return { kind: 'broken', suspects, faults: [faultOf(error)], why };
}

function faultOf({ where, message, cure }: UserError): BatchFault {
  return { ...(where === undefined ? {} : { where }), message, cure };
}

function groupOf(work: readonly FileWork[]): LoadGroup {
  const units = work.map(({ values, objects }): LoadUnit => {
    const sources = { objects, upstream: [] };
    const state = { kind: 'due', reason: 'new' } as const;
    return { from: '', to: '', values, sources, fingerprint: fingerprint(sources), bytes: sourceBytes(sources), state };
  });
  return { units, from: '', to: '', gaps: true };
}

const MOST_NAMED = 3;

/** Some objects by name, the others by their number. */
export function named(keys: readonly string[]): string {
  const some = keys.slice(0, MOST_NAMED).join(', ');
  return keys.length > MOST_NAMED ? `${some} and ${keys.length - MOST_NAMED} more` : some;
}

/** Tells why objects are not loaded. */
function blame(run: BatchRun, { guilty, what, cure }: Obstacle): Tried {
  const keys = [...guilty];
  run.failed({ message: `${named(keys)} ${what}; nothing of it was published`, cure });
  return { kind: 'aside', why: new Map(keys.map((key) => [key, what])) };
}
