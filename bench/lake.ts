import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { EXIT, type ExitCode, UserError } from '../scripts/core/model/exit.ts';
import { startLakeProcess } from '../test/lake-process.ts';
import { BUCKET, type LakeClient, lakeClient } from './lake-client.ts';
import { clientsAtOnce, memoryOverRequests } from './lake-load.ts';
import { partitions } from './lake-partitions.ts';
import { type LakeFigures, printLake } from './lake-print.ts';
import { emptyStartMs, startMs } from './lake-start.ts';
import { tpch } from './lake-tpch.ts';

/** The lake's process while one measure is taken; each has a process that did nothing before. */
interface Served {
  readonly client: LakeClient;
  readonly url: string;
  readonly pid: number;
  readonly dir: string;
  readonly signal: AbortSignal;
}

type Measure = (served: <T>(work: (lake: Served) => Promise<T>) => Promise<T>, dir: string) => Promise<LakeFigures>;

const MEASURES: Readonly<Record<string, Measure>> = {
  tpch: async (served) => ({ tpch: await served(({ client, dir, signal }) => tpch(client, dir, signal)) }),
  partitions: async (served) => ({ partitions: await served(({ client, signal }) => partitions(client, signal)) }),
  clients: async (served) => ({ clients: await served(({ url, signal }) => clientsAtOnce(url, signal)) }),
  memory: async (served) => ({
    memory: await served(({ client, pid, signal }) => memoryOverRequests(client, pid, signal)),
  }),
  // Last: the folder then holds what the others have left, some 20,000 objects and a table with 10,000 partitions.
  start: async (_, dir) => ({ start: { emptyMs: await emptyStartMs(), filledMs: await startMs(dir) } }),
};

/** The local lake as a process of its own, asked over the AWS protocols alone; `only` names one of the measures. */
export async function lakeBench(options: {
  readonly only: string | undefined;
  readonly json: boolean;
  readonly signal: AbortSignal;
}): Promise<ExitCode> {
  const { only, json, signal } = options;
  const names = Object.keys(MEASURES);
  if (only !== undefined && !names.includes(only))
    throw new UserError(`the lake has no measure ${JSON.stringify(only)}`, `give one of: ${names.join(', ')}`);
  const dir = await mkdtemp(join(tmpdir(), 'weir-bench-'));
  try {
    let figures: LakeFigures = {};
    for (const name of only === undefined ? names : [only]) {
      signal.throwIfAborted();
      process.stderr.write(`bench: ${name}\n`);
      const served = <T>(work: (lake: Served) => Promise<T>): Promise<T> => serve(dir, signal, work);
      figures = { ...figures, ...(await MEASURES[name]!(served, dir)) };
    }
    if (json) process.stdout.write(`${JSON.stringify({ cores: cpus().length, ...figures })}\n`);
    else printLake(figures);
    return EXIT.done;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function serve<T>(dir: string, signal: AbortSignal, work: (lake: Served) => Promise<T>): Promise<T> {
  const lake = await startLakeProcess(dir);
  const client = lakeClient(lake.url);
  try {
    await client.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    return await work({ client, url: lake.url, pid: lake.child.pid!, dir, signal });
  } finally {
    client.close();
    await lake.stop();
  }
}
