import type { LoadUnit } from '../../core/load/index.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { type Attempts, isEnd, messageOf } from './failed.ts';
import { loadBatch, named, type Told, type Tried } from './file-batch.ts';
import type { LoadRecord } from './intent.ts';
import type { Lease } from './lease.ts';
import type { KnownMappings } from './mapping.ts';
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
  readonly budget: { left: number };
  readonly done: (result: GroupResult) => void;
  readonly failed: (error: Told) => void;
  readonly attempts: Attempts;
}

/** Objects that are to be tried apart from others that they failed with; how many suspects there were together. */
interface Part {
  readonly keys: ReadonlySet<string>;
  readonly of: number;
}

interface Drain extends FileRun {
  readonly mapped: KnownMappings;
  /** Loaded or set aside, by key: nothing more is done with them in this run. */
  readonly settled: Set<string>;
  readonly aside: Set<string>;
  /** The next one last. */
  readonly parts: Part[];
  tries: number;
}

/**
 * Loads every object that waits, in batches, until none is left. Where a batch breaks a check, its objects are tried in
 * halves until it is clear which of them do: those are set aside and told, the others are loaded.
 */
export async function loadFiles(run: FileRun, first: Discovery): Promise<void> {
  const drain: Drain = { ...run, mapped: new Map(), settled: new Set(), aside: new Set(), parts: [], tries: 0 };
  for (let discovery = first; ; discovery = await run.look()) {
    const waiting = discovery.units.filter((unit) => unit.state.kind === 'due' && !drain.settled.has(keyOf(unit)));
    const { batch, of } = nextBatch(drain, waiting);
    if (batch.length === 0) return;
    await tryBatch(drain, discovery, batch, of);
  }
}

const keyOf = (unit: LoadUnit): string => unit.values[0]!;

function nextBatch(
  drain: Drain,
  waiting: readonly LoadUnit[],
): { readonly batch: readonly LoadUnit[]; readonly of: number } {
  for (let part = drain.parts.pop(); part !== undefined; part = drain.parts.pop()) {
    const { keys, of } = part;
    const batch = takeBatch(
      waiting.filter((unit) => keys.has(keyOf(unit))),
      drain.budget.left,
    );
    if (batch.length > 0) return { batch, of };
  }
  return { batch: takeBatch(waiting, drain.budget.left), of: Number.POSITIVE_INFINITY };
}

function takeBatch(waiting: readonly LoadUnit[], left: number): readonly LoadUnit[] {
  const batch: LoadUnit[] = [];
  let bytes = 0;
  for (const unit of waiting.slice(0, MOST_OBJECTS)) {
    bytes += unit.bytes;
    if (bytes > left) break;
    batch.push(unit);
  }
  return batch;
}

/** Tries a batch, and notes what has become of each of its objects. */
async function tryBatch(drain: Drain, discovery: Discovery, batch: readonly LoadUnit[], of: number): Promise<void> {
  const last: { record?: LoadRecord } = {};
  const ended = (record: LoadRecord): void => {
    last.record = record;
  };
  const objects = batch.flatMap((unit) => unit.sources.objects);
  const left = discovery.units.filter((unit) => !drain.settled.has(keyOf(unit)));
  try {
    const tried = await loadBatch({ ...drain, ended }, discovery, objects);
    const why = outcomeOf(drain, discovery, tried, of);
    // What is still to be tried apart costs nothing yet: it is counted when it is settled.
    const over = left.filter((unit) => drain.settled.has(keyOf(unit)));
    drain.budget.left -= over.reduce((sum, unit) => sum + unit.bytes, 0);
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

/** Settles what it can, or says what is to be tried apart; answers those that are set aside, with the reason. */
function outcomeOf(drain: Drain, discovery: Discovery, tried: Tried, of: number): ReadonlyMap<string, string> {
  if (tried.kind === 'loaded') {
    for (const { key } of tried.objects) drain.settled.add(key);
    return new Map();
  }
  if (tried.kind === 'broken' && isToBeSplit(drain, tried.suspects.length, of)) {
    split(drain, discovery, tried.suspects);
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
function split(drain: Drain, { units, ledger }: Discovery, suspects: readonly string[]): void {
  const known = new Set([...ledger.values()].flatMap((entry) => entry.sources.map((source) => source.key)));
  const order = new Map(units.map((unit, index) => [keyOf(unit), index + (known.has(keyOf(unit)) ? 0 : units.length)]));
  const sorted = suspects.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const middle = Math.ceil(sorted.length / 2);
  for (const half of [sorted.slice(middle), sorted.slice(0, middle)]) {
    drain.parts.push({ keys: new Set(half), of: suspects.length });
  }
}
