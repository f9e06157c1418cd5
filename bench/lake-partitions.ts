import { BatchCreatePartitionCommand, CreateDatabaseCommand, CreateTableCommand } from '@aws-sdk/client-glue';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { BUCKET, type LakeClient, least, median, timed } from './lake-client.ts';

const RUNS = 60;
const FEW = 100;
export const MANY = 10_000;
const DATABASE = 'partitions';

export interface Partitions {
  readonly fewMs: number;
  readonly manyMs: number;
  readonly bestFewMs: number;
  readonly bestManyMs: number;
  /** How many answers were not the one that the partition holds. */
  readonly wrong: number;
}

/** A query of one partition, of a table with 100 and of one with 10,000, in turn. */
export async function partitions(client: LakeClient, signal: AbortSignal): Promise<Partitions> {
  await client.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DATABASE } }));
  const few: number[] = [];
  const many: number[] = [];
  let wrong = 0;
  for (const count of [FEW, MANY]) await partitionedTable(client, count);
  for (let run = -5; run < RUNS; run += 1) {
    signal.throwIfAborted();
    for (const [count, taken] of [
      [FEW, few],
      [MANY, many],
    ] as const) {
      const wanted = (run + 5) % FEW;
      const sql = `SELECT item FROM ${DATABASE}.t${count} WHERE part = '${partName(wanted)}'`;
      const { ms, value } = await timed(() => client.ask(sql));
      if (value.length !== 1 || value[0]![0] !== `item ${wanted}`) wrong += 1;
      if (run >= 0) taken.push(ms);
    }
  }
  return { fewMs: median(few), manyMs: median(many), bestFewMs: least(few), bestManyMs: least(many), wrong };
}

function partName(number: number): string {
  return `p${String(number).padStart(5, '0')}`;
}

/** A table with so many registered partitions, each of one small file. */
export async function partitionedTable(client: LakeClient, count: number): Promise<void> {
  const base = `partitions/t${count}`;
  const descriptor = (Location: string) => ({
    Location,
    Columns: [{ Name: 'item', Type: 'string' }],
    InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    SerdeInfo: {
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      Parameters: { 'field.delim': ',' },
    },
  });
  await client.glue.send(
    new CreateTableCommand({
      DatabaseName: DATABASE,
      TableInput: {
        Name: `t${count}`,
        TableType: 'EXTERNAL_TABLE',
        StorageDescriptor: descriptor(`s3://${BUCKET}/${base}/`),
        PartitionKeys: [{ Name: 'part', Type: 'string' }],
      },
    }),
  );
  const numbers = Array.from({ length: count }, (_, number) => number);
  const put = (number: number) =>
    client.s3.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: `${base}/${partName(number)}/0.csv`, Body: `item ${number}\n` }),
    );
  await pMap(numbers, put, { concurrency: 16 });
  for (let at = 0; at < count; at += 100) {
    const PartitionInputList = numbers.slice(at, at + 100).map((number) => ({
      Values: [partName(number)],
      StorageDescriptor: descriptor(`s3://${BUCKET}/${base}/${partName(number)}/`),
    }));
    await client.glue.send(
      new BatchCreatePartitionCommand({ DatabaseName: DATABASE, TableName: `t${count}`, PartitionInputList }),
    );
  }
}
