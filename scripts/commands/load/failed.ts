import {
  type Ends,
  type Failure,
  type Failures,
  failuresAfter,
  fingerprint,
  type LoadedTable,
  type LoadUnit,
  readFailures,
  reasonText,
  unitKey,
} from '../../core/load/index.ts';
import { messageOf } from '../../core/render/errors.ts';
import type { LoadContext } from './context.ts';
import { controlFolder, readJson } from './control.ts';
import type { Discovery } from './discover.ts';
import type { LoadRecord } from './intent.ts';
import { type Lease, LeaseLost } from './lease.ts';

/**
 * What failed last and was not published since: one object beside the lease, for `status` to show. Nothing else reads it: it
 * makes nothing due, and a load whose failures cannot be kept has ended as it has.
 */
const NAME = 'failed.json';

/** The failures of a table as they are kept; some may not hold any more (standingFailures). */
export async function keptFailures(context: LoadContext, table: LoadedTable): Promise<Failures> {
  return (await read(context, table)).failures;
}

/** Collects what attempts came to while a run goes on. */
export interface Attempts {
  readonly ends: Ends;
  /** A load has ended: each of its partitions was published or not. */
  ended(record: LoadRecord): void;
  published(units: readonly Pick<LoadUnit, 'values'>[]): void;
  /** These were not published; `record` is of the load that it came to, if any. */
  failed(units: readonly Pick<LoadUnit, 'values' | 'sources'>[], reason: string, record?: LoadRecord): void;
}

/** Attempts of one run of a table, none yet. */
export function attemptsOf(context: LoadContext, definition: () => string): Attempts {
  const ends = new Map<string, Failure | undefined>();
  return {
    ends,
    ended: ({ definition, loadId, time, query, partitions }) => {
      for (const { values, fingerprint, published, reason = '' } of partitions) {
        ends.set(unitKey(values), published ? undefined : { fingerprint, definition, loadId, time, query, reason });
      }
    },
    published: (units) => {
      for (const { values } of units) ends.set(unitKey(values), undefined);
    },
    failed: (units, reason, record) => {
      const { loadId = '', query = '' } = record ?? {};
      const time = new Date(context.now()).toISOString();
      const facts = { definition: definition(), loadId, time, query, reason: reasonText(reason) };
      for (const { values, sources } of units) {
        ends.set(unitKey(values), { fingerprint: fingerprint(sources), ...facts });
      }
    },
  };
}

/** True for an error that says how an attempt ended, not that this run was stopped or another one has taken over. */
export function isEnd(context: LoadContext, error: unknown): boolean {
  return !context.signal.aborted && !(error instanceof LeaseLost);
}

/** Keeps what a run's attempts came to, if that changes anything; answers a warning where it could not. */
export async function keepFailures(
  context: LoadContext,
  lease: Lease,
  discovery: Discovery,
  ends: Ends,
): Promise<readonly string[]> {
  if (ends.size === 0) return [];
  try {
    // Once more where the object was not what was read: the answer to this run's own write may have been lost.
    const isKept = (await change(context, lease, discovery, ends)) || (await change(context, lease, discovery, ends));
    return isKept
      ? []
      : ['which partitions failed could not be kept for status: another run wrote it at the same time'];
  } catch (error) {
    if (!isEnd(context, error)) return [];
    return [`which partitions failed could not be kept for status: ${messageOf(error)}`];
  }
}

/** False if another write came between. */
async function change(context: LoadContext, lease: Lease, discovery: Discovery, ends: Ends): Promise<boolean> {
  const { table } = discovery;
  const { bucket, path } = controlFolder(context, table);
  const { failures, etag } = await read(context, table);
  const units = Object.fromEntries(failuresAfter(failures, discovery, ends));
  if (JSON.stringify(units) === JSON.stringify(Object.fromEntries(failures))) return true;
  // Only the holder may: what another run has kept since is not to be undone.
  await lease.hold();
  const condition = etag === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: etag };
  const options = { condition, contentType: 'application/json' };
  return (await context.s3.put(bucket, `${path}${NAME}`, `${JSON.stringify(units)}\n`, options)) !== undefined;
}

async function read(
  context: LoadContext,
  table: LoadedTable,
): Promise<{ readonly failures: Failures; readonly etag: string | undefined }> {
  const { bucket, path } = controlFolder(context, table);
  const found = await readJson<Record<string, unknown>>(context, bucket, `${path}${NAME}`);
  return { failures: readFailures(found?.value), etag: found?.etag };
}
