import { keyOf, type LoadedTable } from '../../core/load/index.ts';
import { UserError } from '../../core/model/exit.ts';
import type { LoadContext } from './context.ts';
import { type ControlFolder, controlFolder, readJson } from './control.ts';
import { type Intent, readIntent } from './intent.ts';

/**
 * One load of a table at a time. The lease is an S3 object that is only ever written on a condition: made if it is not
 * there, changed if it is still what was read. From taking it to giving it back it is renewed beside the work, however long a
 * statement, an audit or a publish takes; it runs out by itself if its holder dies. Its fencing number grows with
 * every holder, so that a run that slept past its lease can see that it is not the one any more. The loads that are under
 * way stand in it too: so only the holder can say that one begins or has ended, and a load role needs no right to delete.
 */
export interface Lease {
  readonly fence: number;
  /** When the holder before gave it back; Infinity if it never did; undefined if there was none. */
  readonly releasedBefore: number | undefined;
  /** Makes sure that the lease is still held, and extends it. */
  hold(): Promise<void>;
  /** Loads that have begun and not ended, oldest first: the holder's own and those that a killed run left. */
  intents(): readonly Intent[];
  /** Says that a load begins, or what has become of it. */
  begin(intent: Intent): Promise<void>;
  /** Says that a load has ended. */
  end(loadId: string): Promise<void>;
  /** Waits for something that writes nothing itself, but no longer than the lease is held. */
  during<T>(work: Promise<T>): Promise<T>;
  release(): Promise<void>;
}

/** The run that holds a lease; what `abandoned` in the context is asked about. */
export interface Holder {
  readonly run: string;
  readonly host: string;
  readonly pid: number;
}

interface LeaseRecord {
  readonly holder: Holder;
  /** Another one for every write, so that a write whose reply was lost can be told from another's. */
  readonly write: string;
  readonly fence: number;
  readonly expires: number;
  readonly released?: number | undefined;
  readonly intents?: readonly Intent[];
}

const TERM_MS = 120_000;
const RENEW_MS = 30_000;
/** Clocks of runners differ by some seconds at most. */
const SKEW_MS = 10_000;
const POLL_MS = 5_000;
/** How often in turn another run may have been quicker before this one pauses. */
const LOST_RACES = 10;

/** Another run took over, so this one must not write any more. */
export class LeaseLost extends UserError {
  constructor(table: string) {
    super(`another run took over ${table}, because this one did not show itself for a while`, 'nothing is to be done');
    this.name = 'LeaseLost';
  }
}

/** The loads of a table that have begun and not ended; undefined if the lease is there and cannot be read. */
export async function openIntents(context: LoadContext, table: LoadedTable): Promise<readonly Intent[] | undefined> {
  const found = await readLease(context, controlFolder(context, table));
  return found === undefined ? [] : found.record && (found.record.intents ?? []);
}

/** The lease as it stands; without a record where what stands there is none. */
async function readLease(
  context: LoadContext,
  folder: ControlFolder,
): Promise<{ readonly record: LeaseRecord | undefined; readonly etag: string } | undefined> {
  const found = await readJson<LeaseRecord>(context, folder.bucket, leaseKey(folder));
  return found && { record: found.value && leaseIn(found.value), etag: found.etag };
}

/** Room for as many runs as there will ever be: one more than the largest number is no number that grows. */
const MOST_FENCE = 2 ** 52;

/** Just what a lease has: what else stands there is not written on. */
function leaseIn({ holder, write, fence, expires, released, intents = [] }: LeaseRecord): LeaseRecord | undefined {
  const numbers = [fence, expires, released ?? 0].every((each) => Number.isSafeInteger(each)) && fence < MOST_FENCE;
  if (!numbers || typeof holder?.run !== 'string' || !Array.isArray(intents)) return undefined;
  const read = intents.map(readIntent);
  if (read.includes(undefined)) return undefined;
  const { run, host, pid } = holder;
  // A name is told while others wait.
  const named = { run: run.slice(0, MOST_NAME), host, pid };
  return { holder: named, write, fence, expires, released, intents: read.flatMap((each) => each ?? []) };
}

const MOST_NAME = 300;

/**
 * Waits for a lease that another run holds as long as a dead one could: then that run is alive. A lease that nobody has
 * written for so long is free, whatever stands in it: its holder's clock may have been wrong, or it cannot be read.
 */
export async function acquireLease(
  context: LoadContext,
  table: LoadedTable,
  verb: 'load' | 'apply' = 'load',
): Promise<Lease> {
  const folder = controlFolder(context, table);
  const until = context.now() + TERM_MS + 2 * SKEW_MS;
  let lost = 0;
  let seen: { readonly etag: string | undefined; readonly since: number } = { etag: undefined, since: context.now() };
  for (;;) {
    context.signal.throwIfAborted();
    const found = await readLease(context, folder);
    if (found?.etag !== seen.etag) seen = { etag: found?.etag, since: context.now() };
    const before = found?.record;
    const isStill = context.now() - seen.since > TERM_MS + SKEW_MS;
    if (found === undefined || isStill || (before !== undefined && isFree(context, before))) {
      const taken = await take(context, folder, before, found?.etag);
      const releasedBefore = found && (before?.released ?? Number.POSITIVE_INFINITY);
      if (taken !== undefined) return leaseOf(context, keyOf(table), folder, taken, releasedBefore);
      lost += 1;
      if (lost < LOST_RACES) continue;
    }
    // Also after writes that were refused: a store that refuses each one must not be asked without end or pause.
    const holder = before?.holder.run ?? 'not to be read';
    if (context.now() >= until) {
      throw new UserError(
        `${keyOf(table)} is held by another run (${holder})`,
        `run the ${verb} again when that one has ended`,
      );
    }
    context.progress(`${keyOf(table)}: waiting for another run (${holder})`);
    await context.sleep(POLL_MS, context.signal);
  }
}

function isFree(context: LoadContext, record: LeaseRecord): boolean {
  return record.released !== undefined || record.expires + SKEW_MS < context.now() || context.abandoned(record.holder);
}

interface Written {
  readonly record: LeaseRecord;
  readonly etag: string;
}

function take(
  context: LoadContext,
  folder: ControlFolder,
  before: LeaseRecord | undefined,
  etag: string | undefined,
): Promise<Written | undefined> {
  const record: LeaseRecord = {
    holder: context.holder,
    write: context.nonce(),
    fence: (before?.fence ?? 0) + 1,
    expires: context.now() + TERM_MS,
    intents: before?.intents ?? [],
  };
  return write(context, folder, record, etag);
}

/** Writes if nothing came between; a write whose reply was lost is found by reading. */
async function write(
  context: LoadContext,
  folder: ControlFolder,
  record: LeaseRecord,
  etag: string | undefined,
): Promise<Written | undefined> {
  const condition = etag === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: etag };
  const options = { condition, contentType: 'application/json' };
  const made = await context.s3.put(folder.bucket, leaseKey(folder), JSON.stringify(record), options);
  if (made !== undefined) return { record, etag: made };
  const live = await readLease(context, folder);
  return live?.record?.write === record.write ? { record, etag: live.etag } : undefined;
}

/** The lease's record as its holder writes it. */
interface OwnRecord {
  current(): LeaseRecord;
  change(fields: (record: LeaseRecord) => Partial<LeaseRecord>): Promise<void>;
  /** Rejected as soon as a write finds that another run took over. */
  readonly lost: Promise<never>;
}

function ownRecord(context: LoadContext, table: string, folder: ControlFolder, taken: Written): OwnRecord {
  let live = taken;
  const mine = new Set([taken.record.write]);
  const { lost, lose } = loss();
  const change: OwnRecord['change'] = async (fields) => {
    const record = { ...live.record, ...fields(live.record), write: context.nonce() };
    mine.add(record.write);
    const written =
      (await write(context, folder, record, live.etag)) ?? (await writeAgain(context, folder, record, mine));
    if (written === undefined) throw lose(new LeaseLost(table));
    live = written;
  };
  // One after the other: each write's condition is the ETag of the one before.
  let last: Promise<void> = Promise.resolve();
  return {
    current: () => live.record,
    change: (fields) => {
      last = last.catch(() => undefined).then(() => change(fields));
      return last;
    },
    lost,
  };
}

function leaseOf(
  context: LoadContext,
  table: string,
  folder: ControlFolder,
  taken: Written,
  releasedBefore: number | undefined,
): Lease {
  const own = ownRecord(context, table, folder, taken);
  const extend = (intents?: (open: readonly Intent[]) => readonly Intent[]): Promise<void> =>
    own.change((record) => ({
      expires: context.now() + TERM_MS,
      ...(intents === undefined ? {} : { intents: intents(record.intents ?? []) }),
    }));
  const without = (open: readonly Intent[], loadId: string): readonly Intent[] =>
    open.filter((intent) => intent.loadId !== loadId);
  const over = new AbortController();
  let released: Promise<void> | undefined;
  void renew(context, extend, over.signal);
  return {
    fence: taken.record.fence,
    releasedBefore,
    hold: () => extend(),
    intents: () => own.current().intents ?? [],
    begin: (intent) => extend((open) => [...without(open, intent.loadId), intent]),
    end: (loadId) => extend((open) => without(open, loadId)),
    during: (work) => Promise.race([work, own.lost]),
    release: () => {
      over.abort();
      released ??= own.change(() => ({ released: context.now() }));
      return released;
    },
  };
}

/** A write of this run whose reply was lost, and that was given up, has changed the lease: it is still this run's. */
async function writeAgain(
  context: LoadContext,
  folder: ControlFolder,
  record: LeaseRecord,
  mine: ReadonlySet<string>,
): Promise<Written | undefined> {
  const found = await readLease(context, folder);
  const isOwn = found?.record !== undefined && mine.has(found.record.write);
  return isOwn ? write(context, folder, record, found.etag) : undefined;
}

/** A promise that another run's takeover rejects, and what does so. */
function loss(): { readonly lost: Promise<never>; readonly lose: (error: LeaseLost) => LeaseLost } {
  let reject: (error: LeaseLost) => void = () => undefined;
  const lost = new Promise<never>((_, no) => {
    reject = no;
  });
  // Where nothing waits for it, it is no fault of its own.
  lost.catch(() => undefined);
  return {
    lost,
    lose: (error) => {
      reject(error);
      return error;
    },
  };
}

/** Extends the lease again and again. S3 may not answer for once: what then counts is whether `hold` succeeds. */
async function renew(context: LoadContext, extend: () => Promise<void>, over: AbortSignal): Promise<void> {
  for (;;) {
    await context.sleep(RENEW_MS, over);
    if (over.aborted) return;
    try {
      await extend();
    } catch (error) {
      if (error instanceof LeaseLost) return;
    }
  }
}

function leaseKey(folder: ControlFolder): string {
  return `${folder.path}lease.json`;
}
