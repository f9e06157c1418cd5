import type { LoadUnit } from '../../core/load/index.ts';
import { messageOf } from '../../core/render/errors.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { type Attempts, isEnd } from './failed.ts';
import { type BatchFault, loadBatch, named, type Tried } from './file-batch.ts';
import type { LoadRecord } from './intent.ts';
import type { Lease } from './lease.ts';
import { bytesToMap, type KnownMappings } from './mapping.ts';
import { type Budget, heavyLines, type Weight } from './room.ts';
import type { GroupResult } from './run.ts';
import type { Meter } from './statement.ts';

/** The longest list of paths in one statement: each is at most 1,024 bytes, the statement 262,144. */
const MOST_OBJECTS = 200;

/** After so many tries that failed, objects that fail together are not tried apart any more in this run. */
const MOST_TRIES = 40;

export interface FileRun {
  readonly context: LoadContext;
  readonly lease: Lease;
  readonly meter: Meter;
  /** Looks anew: what was published has changed what is known, and more objects may have come. */
  readonly look: () => Promise<Discovery>;
  readonly budget: Budget;
  /** Told of what the byte cap leaves for the next run, and of what no run with such a cap could load. */
  readonly deferred: (count: number, warnings: readonly string[]) => void;
  readonly done: (result: GroupResult) => void;
  readonly failed: (error: BatchFault) => void;
  readonly attempts: Attempts;
}

/** Objects that are to be tried apart from others that they failed with; how many suspects there were together. */
interface Part {
  readonly keys: ReadonlySet<string>;
  readonly of: number;
  /** What they failed with; none where they were just too many for the byte cap. */
  readonly faults: readonly BatchFault[];
}

interface Drain extends FileRun {
  readonly mapped: KnownMappings;
  /** Loaded or set aside, by key: nothing more is done with them in this run. */
  readonly settled: Set<string>;
  readonly aside: Set<string>;
  /** The next one last. */
  readonly parts: Part[];
  /** What the byte cap leaves no room for, by key. */
  readonly over: Map<string, Weight>;
  tries: number;
}

/**
 * Loads every object that waits, in batches, until none is left. Where a batch breaks a check, its objects are tried in
 * halves until it is clear which of them do: those are set aside and told, the others are loaded.
 */
export async function loadFiles(run: FileRun, first: Discovery): Promise<void> {
  const known = { mapped: new Map(), settled: new Set<string>(), aside: new Set<string>(), over: new Map() };
  const drain: Drain = { ...run, ...known, parts: [], tries: 0 };
  const room = run.budget.left;
  for (let discovery = first; ; discovery = await run.look()) {
    const waiting = discovery.units.filter((unit) => unit.state.kind === 'due' && !drain.settled.has(keyOf(unit)));
    const next = nextBatch(drain, waiting);
    if (next === undefined) return tellDeferred(drain, waiting, room);
    await tryBatch(drain, discovery, next);
  }
}

const keyOf = (unit: LoadUnit): string => unit.values[0]!;

interface Batch {
  readonly units: readonly LoadUnit[];
  /** What it is a part of. */
  readonly part: Pick<Part, 'of' | 'faults'>;
}

function nextBatch(drain: Drain, waiting: readonly LoadUnit[]): Batch | undefined {
  const free = waiting.filter((unit) => !drain.over.has(keyOf(unit)));
  for (let part = drain.parts.pop(); part !== undefined; part = drain.parts.pop()) {
    const { keys } = part;
    const units = free.filter((unit) => keys.has(keyOf(unit)));
    if (units.length > 0) return { units, part };
  }
  const units = takeBatch(drain, free);
  return units.length === 0 ? undefined : { units, part: { of: Number.POSITIVE_INFINITY, faults: [] } };
}

/** What there is room for, though nothing but the objects themselves had to be read: to see where rows go, and for these. */
function takeBatch({ budget, mapped }: Drain, free: readonly LoadUnit[]): readonly LoadUnit[] {
  const batch: LoadUnit[] = [];
  let bytes = 0;
  for (const unit of free) {
    const own = unit.bytes + bytesToMap(mapped, unit.sources.objects);
    if (bytes + own > budget.left) continue;
    bytes += own;
    batch.push(unit);
    if (batch.length === MOST_OBJECTS) break;
  }
  return batch;
}

/** Tries a batch, and notes what has become of each of its objects. */
async function tryBatch(drain: Drain, discovery: Discovery, { units: batch, part }: Batch): Promise<void> {
  const last: { record?: LoadRecord } = {};
  const ended = (record: LoadRecord): void => {
    last.record = record;
  };
  const objects = batch.flatMap((unit) => unit.sources.objects);
  try {
    const tried = await loadBatch({ ...drain, ended }, discovery, objects);
    const why =
      tried.kind === 'over' ? leave(drain, batch, tried.weights, part) : outcomeOf(drain, discovery, tried, part);
    const units = new Map(discovery.units.map((unit) => [keyOf(unit), unit]));
    if (tried.kind === 'loaded') drain.attempts.published(tried.objects.flatMap(({ key }) => units.get(key) ?? []));
    for (const [key, reason] of why) {
      const unit = units.get(key);
      if (unit !== undefined) drain.attempts.failed([unit], reason, last.record);
    }
  } catch (error) {
    if (isEnd(drain.context, error)) drain.attempts.failed(batch, messageOf(error), last.record);
    throw error;
  }
}

/** What there is no room for: fewer of them at once, or none in this run. Files that are not known to be good are set aside. */
function leave(
  drain: Drain,
  batch: readonly LoadUnit[],
  weights: ReadonlyMap<string, Weight> | undefined,
  { of, faults }: Batch['part'],
): ReadonlyMap<string, string> {
  const keys = batch.map(keyOf);
  if (weights === undefined) {
    const middle = Math.ceil(keys.length / 2);
    for (const half of [keys.slice(middle), keys.slice(0, middle)])
      drain.parts.push({ keys: new Set(half), of, faults });
    return new Map();
  }
  if (faults.length === 0) {
    for (const [key, weight] of weights) drain.over.set(key, weight);
    return new Map();
  }
  for (const key of keys) {
    drain.settled.add(key);
    drain.aside.add(key);
  }
  const message = `${named(keys)}, alone or with others: ${faults.map((fault) => fault.message).join('; ')}`;
  const cure = `${faults[0]?.cure}; the byte cap leaves no room to find out which of them it is: raise it with --max-bytes`;
  drain.failed({ message, cure });
  return new Map(keys.map((key) => [key, message]));
}

/** Says how many objects the byte cap leaves, and which of them it would leave ever again. */
function tellDeferred(drain: Drain, waiting: readonly LoadUnit[], room: number): void {
  if (waiting.length === 0) return;
  const over = new Map(
    waiting.map((unit) => [keyOf(unit), drain.over.get(keyOf(unit)) ?? { bytes: 2 * unit.bytes }] as const),
  );
  const lines = heavyLines(over, room, named);
  const isNone = lines.length === 0 && drain.settled.size === drain.aside.size;
  const none = `nothing of what waits fits into the ${room} bytes that the byte cap leaves, with what its partitions hold: raise it with --max-bytes`;
  drain.deferred(waiting.length, isNone ? [none] : lines);
}

/** Settles what it can, or says what is to be tried apart; answers those that are set aside, with the reason. */
function outcomeOf(
  drain: Drain,
  discovery: Discovery,
  tried: Exclude<Tried, { kind: 'over' }>,
  { of }: Batch['part'],
): ReadonlyMap<string, string> {
  if (tried.kind === 'loaded') {
    for (const { key } of tried.objects) drain.settled.add(key);
    return new Map();
  }
  if (tried.kind === 'broken' && isToBeSplit(drain, tried.suspects.length, of)) {
    split(drain, discovery, tried);
    return new Map();
  }
  for (const key of tried.why.keys()) {
    drain.settled.add(key);
    drain.aside.add(key);
  }
  if (tried.kind === 'broken') {
    const those = named(tried.suspects) + (tried.suspects.length > 1 ? ' together' : '');
    for (const fault of tried.faults) drain.failed({ ...fault, message: `${those}: ${fault.message}` });
  }
  return tried.why;
}

/** Not if a half has just as many suspects: each of them needs the others, because they are of one partition and all changed. */
function isToBeSplit(drain: Drain, suspects: number, of: number): boolean {
  drain.tries += 1;
  return suspects > 1 && suspects < of && drain.tries <= MOST_TRIES;
}

/** Changed objects first: whether others of their partitions can be loaded depends on them. */
function split(
  drain: Drain,
  { units, ledger }: Discovery,
  { suspects, faults }: Extract<Tried, { kind: 'broken' }>,
): void {
  const known = new Set([...ledger.values()].flatMap((entry) => entry.sources.map((source) => source.key)));
  const order = new Map(units.map((unit, index) => [keyOf(unit), index + (known.has(keyOf(unit)) ? 0 : units.length)]));
  const sorted = suspects.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const middle = Math.ceil(sorted.length / 2);
  for (const half of [sorted.slice(middle), sorted.slice(0, middle)]) {
    drain.parts.push({ keys: new Set(half), of: suspects.length, faults });
  }
}
