import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import * as athenaSdk from '@aws-sdk/client-athena';
import * as glueSdk from '@aws-sdk/client-glue';
import * as s3Sdk from '@aws-sdk/client-s3';
import type { RunningLake } from './lake.ts';

/** Runs a statement and gives all its rows, page by page and without the header row. */
export async function rowsOf(
  athena: athenaSdk.AthenaClient,
  sql: string,
  output: string,
): Promise<(string | undefined)[][]> {
  const asked = { QueryString: sql, ResultConfiguration: { OutputLocation: output } };
  const { QueryExecutionId } = await athena.send(new athenaSdk.StartQueryExecutionCommand(asked));
  for (;;) {
    const { QueryExecution } = await athena.send(new athenaSdk.GetQueryExecutionCommand({ QueryExecutionId }));
    const status = QueryExecution?.Status;
    if (status?.State === 'SUCCEEDED') break;
    if (status?.State !== 'QUEUED' && status?.State !== 'RUNNING') throw new Error(status?.StateChangeReason);
    await wait(20);
  }
  const rows: (string | undefined)[][] = [];
  for await (const page of athenaSdk.paginateGetQueryResults({ client: athena, pageSize: 100 }, { QueryExecutionId }))
    for (const row of page.ResultSet?.Rows ?? []) rows.push((row.Data ?? []).map((cell) => cell.VarCharValue));
  return rows.slice(1);
}

/** The SDK for JavaScript v3, with its default settings: checksums, streams, paginators, errors as classes. */
export async function tryJavaScript(lake: RunningLake): Promise<void> {
  const settings = {
    endpoint: lake.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const s3 = new s3Sdk.S3Client({ ...settings, forcePathStyle: true });
  const glue = new glueSdk.GlueClient(settings);
  const athena = new athenaSdk.AthenaClient(settings);
  await s3.send(new s3Sdk.CreateBucketCommand({ Bucket: 'js-lake' }));
  await tryObjects(s3);
  await tryPartitions(glue);
  await tryPages(athena);
  for (const client of [s3, glue, athena]) client.destroy();
}

async function tryObjects(s3: s3Sdk.S3Client): Promise<void> {
  const Bucket = 'js-lake';
  for (let index = 0; index < 12; index += 1)
    await s3.send(new s3Sdk.PutObjectCommand({ Bucket, Key: `in/${index}`, Body: `row ${index}\n` }));
  const keys: string[] = [];
  let pages = 0;
  for await (const page of s3Sdk.paginateListObjectsV2({ client: s3, pageSize: 5 }, { Bucket, Prefix: 'in/' })) {
    pages += 1;
    keys.push(...(page.Contents ?? []).map((entry) => entry.Key!));
  }
  assert.equal(pages, 3);
  assert.equal(keys.length, 12);
  const read = await s3.send(new s3Sdk.GetObjectCommand({ Bucket, Key: 'in/7', ChecksumMode: 'ENABLED' }));
  assert.equal(await read.Body!.transformToString(), 'row 7\n');
  assert.ok(read.ChecksumCRC32, 'the checksum that the SDK sent is given back');
  const taken = s3.send(new s3Sdk.PutObjectCommand({ Bucket, Key: 'in/7', Body: 'x', IfMatch: '"other"' }));
  await assert.rejects(taken, { name: 'PreconditionFailed' });
  await assert.rejects(s3.send(new s3Sdk.GetObjectCommand({ Bucket, Key: 'nowhere' })), s3Sdk.NoSuchKey);
}

async function tryPartitions(glue: glueSdk.GlueClient): Promise<void> {
  const DatabaseName = 'js';
  const TableName = 'days';
  const StorageDescriptor = { Columns: [{ Name: 'id', Type: 'int' }], Location: 's3://js-lake/days/' };
  await glue.send(new glueSdk.CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName } }));
  const keys = [{ Name: 'day', Type: 'string' }];
  const table = { Name: TableName, PartitionKeys: keys, StorageDescriptor };
  await glue.send(new glueSdk.CreateTableCommand({ DatabaseName, TableInput: table }));
  const PartitionInputList = Array.from({ length: 50 }, (_, index) => ({
    Values: [`d${100 + index}`],
    StorageDescriptor,
  }));
  await glue.send(new glueSdk.BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList }));
  const found: string[] = [];
  const asked = { DatabaseName, TableName, Expression: "day BETWEEN 'd110' AND 'd130'" };
  for await (const page of glueSdk.paginateGetPartitions({ client: glue, pageSize: 4 }, asked))
    found.push(...(page.Partitions ?? []).map((partition) => partition.Values![0]!));
  assert.equal(new Set(found).size, 21);
  const missing = glue.send(new glueSdk.GetTableCommand({ DatabaseName, Name: 'nowhere' }));
  await assert.rejects(missing, glueSdk.EntityNotFoundException);
}

async function tryPages(athena: athenaSdk.AthenaClient): Promise<void> {
  const rows = await rowsOf(athena, 'SELECT n FROM UNNEST(sequence(1, 1234)) AS t (n) ORDER BY n', 's3://js-lake/r/');
  assert.equal(rows.length, 1234);
  assert.deepEqual([rows[0], rows[99], rows[1233]], [['1'], ['100'], ['1234']]);
  await assert.rejects(rowsOf(athena, 'SELECT nothing', 's3://js-lake/r/'), /COLUMN_NOT_FOUND/);
}
