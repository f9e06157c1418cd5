import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AthenaClient,
  type ColumnInfo,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { AthenaPort, QueryOutcome, QueryRows } from '../core/model/ports.ts';
import type { AwsCall } from './aws.ts';

const LEAST_POLL_MS = 10;
const MOST_POLL_MS = 1000;

/**
 * How long to wait before a query is looked at again: a thirty-second of the time it has taken, so that its end is noticed soon
 * whether it takes 50 ms (a small DDL on a local lake) or minutes, and a long one is asked for once a second.
 */
function pollDelay(elapsedMs: number): number {
  return Math.min(MOST_POLL_MS, Math.max(LEAST_POLL_MS, elapsedMs / 32));
}

/** Athena over the SDK. */
export function athenaPort(client: AthenaClient, call: AwsCall): AthenaPort {
  const get = (queryId: string): Promise<QueryExecution> =>
    call('athena:GetQueryExecution', async () => {
      const answer = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: queryId }));
      return answer.QueryExecution ?? {};
    });
  const stop = (queryId: string): Promise<void> =>
    call('athena:StopQueryExecution', async () => {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId: queryId }));
    });
  return {
    start: (query) => {
      // One token for all tries of this call: a lost reply must not start the statement twice.
      const token = query.token ?? randomUUID();
      return call('athena:StartQueryExecution', async () => {
        const answer = await client.send(
          new StartQueryExecutionCommand({
            QueryString: query.sql,
            WorkGroup: query.workgroup,
            ClientRequestToken: token,
            ...(query.database === undefined ? {} : { QueryExecutionContext: { Database: query.database } }),
          }),
        );
        return answer.QueryExecutionId ?? '';
      });
    },
    stop,
    wait: (queryId, signal) => waitForEnd({ get, stop }, queryId, signal),
    rows: (queryId, limit) => readRows(client, call, queryId, limit),
  };
}

async function waitForEnd(
  { get, stop }: { get: (id: string) => Promise<QueryExecution>; stop: (id: string) => Promise<void> },
  queryId: string,
  signal: AbortSignal | undefined,
): Promise<QueryOutcome> {
  let stopped = false;
  let since = performance.now();
  for (;;) {
    if (signal?.aborted && !stopped) {
      stopped = true;
      since = performance.now();
      await stop(queryId);
    }
    const outcome = outcomeOf(queryId, await get(queryId));
    if (outcome !== undefined) return outcome;
    await pause(pollDelay(performance.now() - since), stopped ? undefined : signal);
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

function outcomeOf(queryId: string, run: QueryExecution): QueryOutcome | undefined {
  const state = run.Status?.State;
  const statistics = {
    bytesScanned: run.Statistics?.DataScannedInBytes ?? 0,
    engineMs: run.Statistics?.EngineExecutionTimeInMillis ?? 0,
    totalMs: run.Statistics?.TotalExecutionTimeInMillis ?? 0,
  };
  if (state === 'SUCCEEDED') {
    return {
      state: 'succeeded',
      queryId,
      statistics,
      outputLocation: run.ResultConfiguration?.OutputLocation,
      manifestLocation: run.Statistics?.DataManifestLocation,
    };
  }
  if (state !== 'FAILED' && state !== 'CANCELLED') return undefined;
  const reason = run.Status?.StateChangeReason ?? run.Status?.AthenaError?.ErrorMessage ?? '';
  return { state: state === 'FAILED' ? 'failed' : 'cancelled', queryId, reason, statistics };
}

async function readRows(
  client: AthenaClient,
  call: AwsCall,
  queryId: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<QueryRows> {
  let columns: readonly ColumnInfo[] = [];
  const rows: (string | null)[][] = [];
  let token: string | undefined;
  do {
    const next = token;
    const page = await call('athena:GetQueryResults', () =>
      client.send(
        new GetQueryResultsCommand({
          QueryExecutionId: queryId,
          MaxResults: 1000,
          ...(next === undefined ? {} : { NextToken: next }),
        }),
      ),
    );
    const first = token === undefined;
    if (first) columns = page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
    const found = (page.ResultSet?.Rows ?? []).map((row) => (row.Data ?? []).map((cell) => cell.VarCharValue ?? null));
    // Athena puts the column names before a SELECT's rows, but not before those of SHOW and DESCRIBE.
    if (first && isHeader(found[0], columns)) found.shift();
    rows.push(...found);
    token = page.NextToken;
  } while (token !== undefined && rows.length < limit);
  return {
    columns: columns.map((column) => ({ name: column.Name ?? '', type: column.Type ?? '' })),
    rows: rows.slice(0, limit),
  };
}

function isHeader(row: readonly (string | null)[] | undefined, columns: readonly ColumnInfo[]): boolean {
  return row !== undefined && row.length === columns.length && row.every((cell, at) => cell === columns[at]!.Name);
}
