import { setTimeout as sleep } from 'node:timers/promises';
import type { EntryFailure } from '../core/model/ports.ts';
import { AwsFault, classOf, faultOf } from './fault.ts';

/**
 * The one way every AWS call goes: a token bucket per API, the SDK's standard retries, then a slower patience for faults
 * that pass, and one error type at the end.
 */
export type AwsCall = <T>(
  api: string,
  send: () => Promise<T>,
  options?: { readonly patienceMs?: number },
) => Promise<T>;

export interface CallOptions {
  /** What the errors call the other side: the endpoint or the region. */
  readonly target: string;
  /** False for a stand-in on this machine, which has no quotas. */
  readonly limited: boolean;
  /** How long faults that pass are waited out beyond the SDK's own tries. */
  readonly patienceMs?: number;
}

/**
 * Calls a second and burst. Athena: https://docs.aws.amazon.com/athena/latest/ug/service-limits.html (StartQueryExecution
 * 20/s burst 80, GetQueryExecution 100/s burst 200); below each, so that other users of the account still get through.
 */
const RATES: Readonly<Record<string, readonly [perSecond: number, burst: number]>> = {
  'athena:StartQueryExecution': [10, 40],
  'athena:StopQueryExecution': [10, 40],
  'athena:GetQueryExecution': [50, 100],
  'athena:GetQueryResults': [50, 100],
  glue: [20, 40],
  s3: [500, 1000],
  sns: [20, 100],
};

const PATIENCE_MS = 120_000;

export function awsCall(options: CallOptions): AwsCall {
  const buckets = new Map<string, TokenBucket>();
  const take = async (api: string): Promise<void> => {
    if (!options.limited) return;
    const rate = RATES[api] ?? RATES[api.slice(0, api.indexOf(':'))];
    if (rate === undefined) return;
    let bucket = buckets.get(api);
    if (bucket === undefined) {
      bucket = tokenBucket(...rate);
      buckets.set(api, bucket);
    }
    await bucket();
  };
  return async (api, send, given = {}) => {
    const until = Date.now() + (given.patienceMs ?? options.patienceMs ?? PATIENCE_MS);
    for (let wait = 1000; ; wait = Math.min(wait * 2, 10_000)) {
      await take(api);
      try {
        return await send();
      } catch (error) {
        const fault = faultOf(api, error, options.target);
        if (!(fault instanceof AwsFault) || fault.faultClass !== 'passing' || Date.now() + wait > until) throw fault;
        // A stand-in on this machine that does not listen has ended, and does not come back by waiting.
        if (!options.limited && fault.code === 'ECONNREFUSED') throw fault;
        await sleep(wait * (0.5 + Math.random() / 2));
      }
    }
  };
}

type TokenBucket = () => Promise<void>;

/** Waits until a token is there; tokens are handed out in the order of asking. */
export function tokenBucket(perSecond: number, burst: number, now: () => number = Date.now): TokenBucket {
  // The time at which the bucket will be full again says all there is to know about it.
  let fullAt = 0;
  return async () => {
    const at = now();
    fullAt = Math.max(fullAt, at) + 1000 / perSecond;
    const wait = fullAt - at - (burst * 1000) / perSecond;
    if (wait > 0) await sleep(wait);
  };
}

/** Standard mode: three more tries with jitter inside the SDK; what lasts longer is waited out in `awsCall`. */
export const RETRIES = { retryMode: 'standard', maxAttempts: 4 } as const;

export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const out: T[][] = [];
  for (let start = 0; start < items.length; start += size) out.push(items.slice(start, start + size));
  return out;
}

/**
 * Sends a batch in calls of at most `size` entries. Glue and S3 report entries that failed inside a 200: those that
 * failed in passing are sent again on their own, the others are answered.
 */
export async function inBatches<T>(
  entries: readonly T[],
  size: number,
  keyOf: (entry: T) => readonly string[],
  send: (part: readonly T[]) => Promise<readonly EntryFailure[]>,
): Promise<readonly EntryFailure[]> {
  const lasting: EntryFailure[] = [];
  for (const part of chunks(entries, size)) {
    let waiting = part;
    for (let attempt = 0; waiting.length > 0; attempt++) {
      const failures = await send(waiting);
      const again = new Set<string>();
      for (const failure of failures) {
        if (classOf(failure.code) === 'passing' && attempt < BATCH_RETRIES) again.add(JSON.stringify(failure.values));
        else lasting.push(failure);
      }
      waiting = waiting.filter((entry) => again.has(JSON.stringify(keyOf(entry))));
      if (waiting.length > 0) await sleep(Math.min(100 * 2 ** attempt, 10_000) * (0.5 + Math.random() / 2));
    }
  }
  return lasting;
}

/** 0.1 s doubling to 10 s a time: somewhat over a minute in all. */
const BATCH_RETRIES = 12;
