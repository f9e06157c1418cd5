import { setTimeout as sleep } from 'node:timers/promises';
import { EngineFailure, scanLimitExceeded } from '../athena/engine.ts';
import { cancelQuery, getPage, postStatement, type TrinoServer } from './http.ts';
import type { Cell, Page, PageStats } from './page.ts';

/** What is handed to Trino. */
export interface Order {
  readonly sql: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly scanLimit: number | undefined;
}

/** A statement that Trino runs; it goes on as its pages are read. */
export interface Run {
  readonly id: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** To be read once; whoever stops reading ends the query. */
  pages(): AsyncGenerator<readonly (readonly Cell[])[]>;
  /** As of the last page read. */
  stats(): PageStats;
  updateCount(): number | undefined;
}

const MOST_IDLE = 50;
const IDLE_PAUSE_MS = 200;

/** Hands a statement in and waits for its columns; rejects with the `EngineFailure` that Trino's error is. */
export async function startRun(server: TrinoServer, order: Order): Promise<Run> {
  order.signal.throwIfAborted();
  let page = await postStatement(server, order.sql, order.headers, order.signal);
  const { id } = page;
  let columns = page.columns;
  let idle = 0;
  const next = async () => {
    // Trino waits with an answer until there is something to say; what doesn't is not asked at full speed for ever.
    if (idle > MOST_IDLE) await sleep(IDLE_PAUSE_MS, undefined, { signal: order.signal });
    page = await getPage(server, page.nextUri!, order.signal);
    idle = page.data.length > 0 ? 0 : idle + 1;
    check(page, order);
  };
  const abandon = async () => {
    if (page.nextUri !== undefined) await cancelQuery(server, page.nextUri);
  };
  try {
    check(page, order);
    for (columns = page.columns; columns === undefined && page.nextUri !== undefined; columns = page.columns)
      await next();
  } catch (error) {
    await abandon();
    throw error;
  }
  return {
    id,
    columns: columns ?? [],
    stats: () => page.stats,
    updateCount: () => page.updateCount,
    async *pages() {
      try {
        for (;;) {
          if (page.data.length > 0) yield wholeRows(page, columns ?? []);
          if (page.nextUri === undefined) return;
          await next();
        }
      } finally {
        await abandon();
      }
    },
  };
}

function wholeRows({ data }: Page, columns: readonly unknown[]): Page['data'] {
  const odd = data.find((row) => row.length !== columns.length);
  if (odd === undefined) return data;
  const message = `Trino answered a row of ${odd.length} values for ${columns.length} columns`;
  throw new EngineFailure('GENERIC_INTERNAL_ERROR', message);
}

/** A run whose rows are few, to its end. */
export async function readRun(run: Run): Promise<{ readonly run: Run; readonly rows: readonly (readonly Cell[])[] }> {
  const rows: (readonly Cell[])[] = [];
  for await (const page of run.pages()) rows.push(...page);
  return { run, rows };
}

function check({ error, stats }: Page, { signal, scanLimit }: Order): void {
  signal.throwIfAborted();
  const bytesScanned = stats.physicalInputBytes;
  if (error?.name === 'EXCEEDED_SCAN_LIMIT') throw scanLimitExceeded(bytesScanned);
  if (error)
    throw new EngineFailure(error.name, error.message, { bytesScanned, cancelled: error.name === 'USER_CANCELED' });
  const atWork = stats.state !== 'FINISHING' && stats.state !== 'FINISHED';
  if (scanLimit !== undefined && bytesScanned > scanLimit && atWork) throw scanLimitExceeded(bytesScanned);
}
