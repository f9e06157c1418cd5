import { CreateTableCommand, GetPartitionsCommand, GetTableCommand, UpdateTableCommand } from '@aws-sdk/client-glue';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { BUCKET, type LakeClient, lakeClient, timed } from './lake-client.ts';
import { residentBytes } from './process.ts';

const CLIENTS = 20;
const QUERIES_A_CLIENT = 20;

export interface Clients {
  readonly clients: number;
  readonly queries: number;
  readonly seconds: number;
  readonly wrong: number;
}

/** So many clients at once, each asking its own questions and making a table of its own; every answer is checked. */
export async function clientsAtOnce(url: string, signal: AbortSignal): Promise<Clients> {
  const numbers = Array.from({ length: CLIENTS }, (_, number) => number);
  let wrong = 0;
  const { ms } = await timed(() =>
    pMap(
      numbers,
      async (number) => {
        const client = lakeClient(url);
        try {
          await client.ask(
            `CREATE TABLE default.own_${number} WITH (external_location = 's3://${BUCKET}/own/${number}/') AS
             SELECT i, ${number} AS client FROM UNNEST(sequence(1, 1000)) AS t(i)`,
          );
          for (let query = 1; query < QUERIES_A_CLIENT; query += 1) {
            signal.throwIfAborted();
            const own = `SELECT sum(i), max(client) FROM default.own_${number} WHERE i <= ${query}`;
            const sql = query % 2 === 0 ? own : `SELECT ${query * (query + 1)} / 2, ${number}`;
            const [row] = await client.ask(sql);
            if (row?.[0] !== String((query * (query + 1)) / 2) || row[1] !== String(number)) wrong += 1;
          }
        } finally {
          client.close();
        }
      },
      { concurrency: CLIENTS },
    ),
  );
  return { clients: CLIENTS, queries: CLIENTS * QUERIES_A_CLIENT, seconds: ms / 1000, wrong };
}

const WARM_UP = 2000;
const MARKS = [1000, 2500, 5000, 10_000, 20_000] as const;

export interface Memory {
  /** Resident memory of the lake after so many requests, counted from the end of the warm-up. */
  readonly bytes: readonly (readonly [requests: number, bytes: number])[];
}

/** What the lake's process holds while it serves requests to S3, Glue and Athena in turn. */
export async function memoryOverRequests(client: LakeClient, pid: number, signal: AbortSignal): Promise<Memory> {
  const TableInput = { Name: 'memory', PartitionKeys: [{ Name: 'p', Type: 'string' }] };
  const StorageDescriptor = { Columns: [{ Name: 'a', Type: 'string' }], Location: `s3://${BUCKET}/memory/` };
  const table = { DatabaseName: 'default', TableInput: { ...TableInput, StorageDescriptor } };
  await client.glue.send(new CreateTableCommand(table));
  const named = { DatabaseName: 'default', TableName: 'memory' };
  let number = 0;
  let sent = 0;
  const round = async (): Promise<void> => {
    const Key = `memory-objects/${number % 100}`;
    const before = number;
    await client.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x'.repeat(20_000) }));
    await (await client.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToByteArray();
    await client.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'memory-objects/' }));
    await client.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
    await client.glue.send(new UpdateTableCommand({ ...table, SkipArchive: true }));
    await client.glue.send(new GetTableCommand({ DatabaseName: 'default', Name: 'memory' }));
    await client.glue.send(new GetPartitionsCommand(named));
    await client.ask(`SELECT ${before} + i FROM UNNEST(sequence(1, 100)) AS t(i)`);
    number += 1;
    // A query is three requests at least: start, state, results.
    sent += 10;
  };
  const upTo = async (requests: number): Promise<number> => {
    while (sent < requests) {
      signal.throwIfAborted();
      await round();
    }
    return residentBytes(pid) ?? 0;
  };
  await upTo(WARM_UP);
  const bytes: [number, number][] = [];
  for (const mark of MARKS) bytes.push([mark, await upTo(WARM_UP + mark)]);
  return { bytes };
}
