import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { EXIT, type ExitCode } from '../scripts/core/model/exit.ts';
import { startLakeProcess } from '../test/lake-process.ts';
import { BUCKET, lakeClient } from './lake-client.ts';
import { type Clients, clientsAtOnce, type Memory, memoryOverRequests } from './lake-load.ts';
import { MANY, type Partitions, partitions } from './lake-partitions.ts';
import { emptyStartMs, startMs } from './lake-start.ts';
import { type Tpch, tpch } from './lake-tpch.ts';

interface LakeFigures {
  readonly cores: number;
  readonly tpch: Tpch;
  readonly partitions: Partitions;
  readonly clients: Clients;
  readonly memory: Memory;
  readonly emptyStartMs: number;
  /** Of the folder that the other measures leave: some 20,000 objects, a table with 10,000 partitions. */
  readonly filledStartMs: number;
}

/** The local lake as a process of its own, asked over the AWS protocols alone. */
export async function lakeBench(options: { readonly json: boolean; readonly signal: AbortSignal }): Promise<ExitCode> {
  const { json, signal } = options;
  const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
  const dir = await mkdtemp(join(tmpdir(), 'weir-bench-'));
  /** Each measure has a process that did nothing before. */
  const served = async <T>(
    what: string,
    work: (client: ReturnType<typeof lakeClient>, url: string, pid: number) => Promise<T>,
  ): Promise<T> => {
    signal.throwIfAborted();
    say(what);
    const lake = await startLakeProcess(dir);
    const client = lakeClient(lake.url);
    try {
      await client.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
      return await work(client, lake.url, lake.child.pid!);
    } finally {
      client.close();
      await lake.stop();
    }
  };
  try {
    say('start');
    const empty = await emptyStartMs();
    const figures: LakeFigures = {
      cores: cpus().length,
      emptyStartMs: empty,
      partitions: await served('partitions', (client) => partitions(client, signal)),
      tpch: await served('TPC-H', (client) => tpch(client, dir, signal)),
      clients: await served('clients at once', (_, url) => clientsAtOnce(url, signal)),
      memory: await served('memory over requests', (client, _, pid) => memoryOverRequests(client, pid, signal)),
      filledStartMs: await startMs(dir),
    };
    if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    else print(figures);
    return EXIT.done;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function print(figures: LakeFigures): void {
  const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
  const times = (a: number, b: number): string => `${(a / b).toFixed(2)} x`;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const { tpch: h, partitions: p, clients: c, memory } = figures;
  const first = memory.bytes[0]!;
  const last = memory.bytes.at(-1)!;
  const rows: readonly (readonly [measure: string, value: string, goal: string])[] = [
    [
      'TPC-H at scale 1, 22 queries, Athena API',
      `${ms(h.lakeMs)} (quickest runs ${ms(h.bestLakeMs)})`,
      `at most ${ms(h.goalMs)}`,
    ],
    ['the same on plain DuckDB', `${ms(h.plainMs)} (quickest runs ${ms(h.bestPlainMs)})`, ''],
    ['lake beside 1.15 x plain + 25 ms a query', times(h.lakeMs, h.goalMs), 'at most 1 x'],
    ['queries whose rows agree', `${h.queries.length - h.differ.length} of ${h.queries.length}`, 'all'],
    [
      `one partition of 100, of ${MANY.toLocaleString('en')}`,
      `${ms(p.fewMs)}, ${ms(p.manyMs)}: ${times(p.manyMs, p.fewMs)}`,
      'at most 2 x',
    ],
    [
      `${c.clients} clients at once, ${c.queries} queries`,
      `${c.wrong} wrong answers, ${c.seconds.toFixed(1)} s`,
      'none wrong',
    ],
    ['memory after 1,000 and 10,000 requests', `${megabytes(first[1])}, ${megabytes(last[1])}`, 'flat'],
    ['start, empty folder', ms(figures.emptyStartMs), 'under 1,000 ms'],
    [`start, ${MANY.toLocaleString('en')} partitions and their objects`, ms(figures.filledStartMs), 'under 1,000 ms'],
  ];
  process.stdout.write('| measure | value | goal |\n| --- | --- | --- |\n');
  for (const [measure, value, goal] of rows) process.stdout.write(`| ${measure} | ${value} | ${goal} |\n`);
  process.stdout.write('\n| query | rows | lake | plain DuckDB |\n| --- | --- | --- | --- |\n');
  for (const { number, rows: count, lakeMs, plainMs } of h.queries)
    process.stdout.write(`| ${number} | ${count.toLocaleString('en')} | ${ms(lakeMs)} | ${ms(plainMs)} |\n`);
}
