import { setTimeout as sleep } from 'node:timers/promises';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';

/** The services of a lake as a client of AWS sees them. */
export interface LakeClient {
  readonly athena: AthenaClient;
  readonly glue: GlueClient;
  readonly s3: S3Client;
  /** Starts a query, waits for its end and reads all of its rows, header left out; throws where it failed. */
  ask(sql: string): Promise<readonly Row[]>;
  close(): void;
}

export type Row = readonly (string | null)[];

/** Results go here. */
export const BUCKET = 'bench';
const LEAST_POLL_MS = 5;

export function lakeClient(endpoint: string): LakeClient {
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };
  const athena = new AthenaClient(settings);
  const glue = new GlueClient(settings);
  const s3 = new S3Client(settings);
  return {
    athena,
    glue,
    s3,
    async ask(sql) {
      const ResultConfiguration = { OutputLocation: `s3://${BUCKET}/results/` };
      const { QueryExecutionId } = await athena.send(
        new StartQueryExecutionCommand({ QueryString: sql, ResultConfiguration }),
      );
      const begun = performance.now();
      for (;;) {
        const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
        const { State, StateChangeReason } = QueryExecution?.Status ?? {};
        if (State === 'SUCCEEDED') break;
        if (State === 'FAILED' || State === 'CANCELLED') throw new Error(`${StateChangeReason}\n${sql}`);
        // Seldom enough that asking takes no part of two cores worth telling.
        await sleep(Math.max(LEAST_POLL_MS, (performance.now() - begun) / 16));
      }
      const rows: Row[] = [];
      for await (const page of paginateGetQueryResults({ client: athena }, { QueryExecutionId })) {
        for (const { Data } of page.ResultSet?.Rows ?? [])
          rows.push((Data ?? []).map((cell) => cell.VarCharValue ?? null));
      }
      return /^\s*(select|with)\b/i.test(sql) ? rows.slice(1) : rows;
    },
    close() {
      athena.destroy();
      glue.destroy();
      s3.destroy();
    },
  };
}

export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const begun = performance.now();
  const value = await work();
  return { ms: performance.now() - begun, value };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function least(values: readonly number[]): number {
  return Math.min(...values);
}
