import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AthenaClient, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  BatchUpdatePartitionCommand,
  GlueClient,
} from '@aws-sdk/client-glue';
import { DeleteObjectsCommand, S3Client } from '@aws-sdk/client-s3';
import { awsCall } from '../../scripts/adapters/aws.ts';
import { gluePort } from '../../scripts/adapters/glue.ts';
import { writePartition } from '../../scripts/adapters/glue-shapes.ts';
import { s3Port } from '../../scripts/adapters/s3.ts';
import { ctas, type LoadedTable, MOST_SQL_BYTES } from '../../scripts/core/load/index.ts';
import type { CatalogPartition } from '../../scripts/core/model/catalog.ts';
import type { GluePort, S3Port } from '../../scripts/core/model/ports.ts';
import { addDays, group } from '../../scripts/core/partition/index.ts';
import { table } from '../core/load-table.ts';
import { openTestLake, type Scope, type TestLake } from '../core/plan-lake.ts';

// AWS's limits at one below, at and one above: Weir splits its work there, and the lake refuses what AWS would refuse.

let lake: TestLake;
let scope: Scope;
let database = '';
let glue: GluePort;
let s3: S3Port;
const clients = { glue: {} as GlueClient, s3: {} as S3Client, athena: {} as AthenaClient };
before(async () => {
  lake = await openTestLake();
  scope = lake.within('limits');
  database = `${scope.environment.prefix}d`;
  const config = {
    region: 'us-east-1',
    endpoint: lake.target,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    forcePathStyle: true,
  };
  clients.glue = counting(new GlueClient(config));
  clients.s3 = counting(new S3Client(config));
  const call = awsCall({ target: lake.target, limited: false });
  glue = gluePort(clients.glue, call);
  s3 = s3Port(clients.s3, call, undefined);
  clients.athena = new AthenaClient(config);
  assert.equal(await scope.sql(`CREATE DATABASE ${database}`), 'succeeded');
  const location = "LOCATION 's3://weir-diff-raw/limits/t/'";
  const made = `CREATE EXTERNAL TABLE ${database}.t (a int) PARTITIONED BY (p string) STORED AS PARQUET ${location}`;
  assert.equal(await scope.sql(made), 'succeeded');
});
after(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await lake.close();
});

/** How many entries each call of an operation had since it was last asked. */
const sent: { readonly operation: string; readonly entries: number }[] = [];
function sizes(operation: string): readonly number[] {
  const found = sent.filter((call) => call.operation === operation).map((call) => call.entries);
  sent.splice(0, sent.length, ...sent.filter((call) => call.operation !== operation));
  return found;
}

function counting<C extends GlueClient | S3Client>(client: C): C {
  type Input = Readonly<Record<string, unknown>>;
  const stack = client.middlewareStack as { add: (middleware: unknown, options: unknown) => void };
  const count = (next: (args: unknown) => unknown, context: { commandName: string }) => (args: { input: Input }) => {
    const { Delete, ...rest } = args.input as Input & { readonly Delete?: { readonly Objects: readonly unknown[] } };
    const list = Delete?.Objects ?? Object.values(rest).find(Array.isArray);
    if (list !== undefined) sent.push({ operation: context.commandName, entries: list.length });
    return next(args);
  };
  stack.add(count, { step: 'initialize' });
  return client;
}

/** Statements of loads run where an external_location is taken. */
async function loadStatement(sql: string): Promise<string> {
  const id = await scope.athena.start({ sql, workgroup: scope.environment.workgroups.load });
  const outcome = await scope.athena.wait(id);
  return outcome.state === 'succeeded' ? outcome.state : `${outcome.state}: ${outcome.reason}`;
}

const around = (limit: number): readonly number[] => [limit - 1, limit, limit + 1];
const split = (count: number, limit: number): readonly number[] => (count <= limit ? [count] : [limit, count - limit]);

async function entries(count: number): Promise<readonly CatalogPartition[]> {
  const { storage } = (await scope.glue.getTable(database, 't'))!;
  return Array.from({ length: count }, (_, at) => {
    return { values: [`p${at}`], storage: { ...storage, location: `${storage.location}p=p${at}/` }, parameters: {} };
  });
}

describe('entries a Glue batch', () => {
  for (const count of around(100)) {
    test(`${count} partitions are made, changed and deleted in calls of 100, 100 and 25`, async () => {
      const all = await entries(count);
      assert.deepEqual(await glue.createPartitions(database, 't', all), []);
      assert.deepEqual(await glue.updatePartitions(database, 't', all), []);
      assert.deepEqual(
        await glue.deletePartitions(
          database,
          't',
          all.map((each) => each.values),
        ),
        [],
      );
      assert.deepEqual(sizes('BatchCreatePartitionCommand'), split(count, 100));
      assert.deepEqual(sizes('BatchUpdatePartitionCommand'), split(count, 100));
      const deleted = Array.from({ length: Math.ceil(count / 25) }, (_, at) => Math.min(25, count - at * 25));
      assert.deepEqual(sizes('BatchDeletePartitionCommand'), deleted);
      assert.deepEqual(await scope.glue.listPartitions(database, 't'), []);
    });
  }

  test('the lake refuses one more', async () => {
    const names = { DatabaseName: database, TableName: 't' };
    for (const [limit, send] of [
      [
        100,
        (all) =>
          clients.glue.send(new BatchCreatePartitionCommand({ ...names, PartitionInputList: all.map(writePartition) })),
      ],
      [
        100,
        (all) => {
          const Entries = all.map((each) => ({
            PartitionValueList: [...each.values],
            PartitionInput: writePartition(each),
          }));
          return clients.glue.send(new BatchUpdatePartitionCommand({ ...names, Entries }));
        },
      ],
      [
        25,
        (all) => {
          const PartitionsToDelete = all.map((each) => ({ Values: [...each.values] }));
          return clients.glue.send(new BatchDeletePartitionCommand({ ...names, PartitionsToDelete }));
        },
      ],
    ] as const satisfies readonly (readonly [number, (all: readonly CatalogPartition[]) => Promise<unknown>])[]) {
      for (const count of around(limit)) {
        const answer = send(await entries(count));
        if (count <= limit) await answer;
        else await assert.rejects(answer, /ValidationException|InvalidInputException/, `${count}`);
      }
    }
    await glue.deletePartitions(
      database,
      't',
      (await entries(101)).map((each) => each.values),
    );
  });
});

describe('keys a delete', () => {
  for (const count of around(1000)) {
    test(`${count} keys are deleted in calls of 1,000`, async () => {
      sent.length = 0;
      const keys = Array.from({ length: count }, (_, at) => `limits/keys/k${at}`);
      assert.deepEqual(await s3.delete('weir-diff-raw', keys), []);
      assert.deepEqual(sizes('DeleteObjectsCommand'), split(count, 1000));
      const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
      const answer = clients.s3.send(new DeleteObjectsCommand({ Bucket: 'weir-diff-raw', Delete }));
      if (count <= 1000) await answer;
      else await assert.rejects(answer, { name: 'MalformedXML' });
    });
  }
});

describe('bytes of a statement', () => {
  const loaded = (more: number): LoadedTable => {
    // Two bytes a character: bytes are what counts.
    const sql = `SELECT CAST(length('${'é'.repeat(more >> 1)}${'x'.repeat(more & 1)}') AS bigint) AS a`;
    return table({ sql, extra: 'load: { mode: replace }' }) as LoadedTable;
  };
  const statement = (name: string, more: number): string => {
    const location = `s3://weir-diff-raw/limits/${name}/`;
    const rest = { days: undefined, only: undefined, rename: (each: string) => each };
    return ctas({ table: loaded(more), staging: { database, name }, location, ...rest });
  };

  test('a load refuses one byte too many, before anything is sent', () => {
    const [below, at, above] = around(MOST_SQL_BYTES - Buffer.byteLength(statement('size_0', 0)));
    for (const [name, more] of [
      ['size_1', below!],
      ['size_2', at!],
    ] as const) {
      const sql = statement(name, more);
      assert.equal(Buffer.byteLength(sql), MOST_SQL_BYTES - at! + more);
    }
    assert.throws(() => statement('size_3', above!), { message: /262145 bytes, Athena takes 262144/, cure: /shorter/ });
  });

  test('the lake refuses one byte too many', async () => {
    for (const bytes of around(MOST_SQL_BYTES)) {
      const head = "SELECT length('";
      const sql = `${head}${'é'.repeat(10)}${'x'.repeat(bytes - head.length - 20 - 2)}')`;
      assert.equal(Buffer.byteLength(sql), bytes);
      const answer = clients.athena.send(
        new StartQueryExecutionCommand({ QueryString: sql, WorkGroup: scope.environment.workgroups.query }),
      );
      if (bytes <= MOST_SQL_BYTES) await answer;
      else await assert.rejects(answer, { name: 'InvalidRequestException' });
    }
  });
});

describe('partitions a statement writes', () => {
  for (const count of around(100)) {
    test(`${count} days`, async () => {
      const days = Array.from({ length: count }, (_, at) => addDays('2024-01-01', at));
      const groups = group(days.map((day) => ({ from: day, to: day, bytes: 1 })));
      const wanted = count <= 100 ? [count] : [51, 50];
      assert.deepEqual(
        groups.map(({ units }) => units.length),
        wanted,
      );
      const options = `format = 'PARQUET', external_location = 's3://weir-diff-raw/limits/w${count}/', partitioned_by = ARRAY['p']`;
      const rows = `SELECT 1 AS a, p FROM UNNEST(sequence(1, ${count})) AS s(p)`;
      const ended = await loadStatement(`CREATE TABLE ${database}.w${count} WITH (${options}) AS ${rows}`);
      if (count <= 100) assert.equal(ended, 'succeeded');
      else assert.match(ended, /^failed: .*TOO_MANY_OPEN_PARTITIONS/);
    });
  }
});
