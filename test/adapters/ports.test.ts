import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AthenaClient } from '@aws-sdk/client-athena';
import type { S3Client } from '@aws-sdk/client-s3';
import { athenaPort } from '../../scripts/adapters/athena.ts';
import { awsCall } from '../../scripts/adapters/aws.ts';
import { isFault } from '../../scripts/adapters/fault.ts';
import { s3Port } from '../../scripts/adapters/s3.ts';
import { definitionsOf } from '../core/diff-case.ts';
import { openTestLake, type Scope, type TestLake } from '../core/plan-lake.ts';

// The ports against a real endpoint: the local lake, or what AWS_ENDPOINT_URL names.

let lake: TestLake;
let scope: Scope;
before(async () => {
  lake = await openTestLake();
  scope = lake.within('ports');
  const columns = [{ name: 'a', type: 'int' }];
  const tables = { t: { columns, partitions: [{ name: 'p', type: 'string' }] } };
  assert.ok((await scope.apply(definitionsOf({ tables }))).ok);
});
after(() => lake.close());

describe('S3', () => {
  const bucket = 'weir-diff-raw';
  const prefix = `ports-${process.pid}/`;

  test('conditional writes: made once, replaced by its ETag only', async () => {
    const key = `${prefix}lock`;
    const etag = await lake.s3.put(bucket, key, 'one', { condition: { ifNoneMatch: '*' } });
    assert.ok(etag);
    assert.equal(await lake.s3.put(bucket, key, 'two', { condition: { ifNoneMatch: '*' } }), undefined);
    const next = await lake.s3.put(bucket, key, 'three', { condition: { ifMatch: etag } });
    assert.ok(next);
    assert.equal(await lake.s3.put(bucket, key, 'four', { condition: { ifMatch: etag } }), undefined);
    const found = await lake.s3.get(bucket, key);
    assert.deepEqual([new TextDecoder().decode(found!.body), found!.etag], ['three', next]);
  });

  test('lists and deletes by prefix', async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `${prefix}many/${String(n).padStart(4, '0')}`);
    await Promise.all(keys.map((key) => lake.s3.put(bucket, key, 'x')));
    const seen: string[] = [];
    for await (const object of lake.s3.list(bucket, `${prefix}many/`)) seen.push(object.key);
    assert.deepEqual(seen, keys);
    assert.deepEqual(await lake.s3.delete(bucket, keys), []);
    assert.equal(await lake.s3.head(bucket, keys[0]!), undefined);
  });

  test('lists every page, also where one of them fails at first', async () => {
    let failed = false;
    const send = async ({ input }: { input: { ContinuationToken?: string } }) => {
      const page = Number(input.ContinuationToken ?? 0);
      if (page === 1 && !failed) {
        failed = true;
        throw { name: 'SlowDown', $metadata: { httpStatusCode: 503 } };
      }
      return { Contents: [{ Key: `k${page}` }], IsTruncated: page < 2, NextContinuationToken: String(page + 1) };
    };
    const call = awsCall({ target: 'nowhere', limited: false });
    const seen: string[] = [];
    for await (const object of s3Port({ send } as unknown as S3Client, call, undefined).list('b', ''))
      seen.push(object.key);
    assert.deepEqual([seen, failed], [['k0', 'k1', 'k2'], true]);
  });

  test('what is missing is undefined, a missing bucket is a fault', async () => {
    assert.equal(await lake.s3.head(bucket, `${prefix}nothing`), undefined);
    assert.equal(await lake.s3.get(bucket, `${prefix}nothing`), undefined);
    await assert.rejects(lake.s3.get('weir-no-such-bucket', 'x'), (error) => isFault(error, 'not-found'));
  });
});

describe('Glue', () => {
  test('partitions beyond every batch limit; what failed is answered entry by entry', async () => {
    const database = `${scope.environment.prefix}d`;
    const { storage } = (await lake.glue.getTable(database, 't'))!;
    const entry = (n: number) => ({ values: [String(n)], storage, parameters: { n: String(n) } });
    const entries = Array.from({ length: 205 }, (_, n) => entry(n));
    assert.deepEqual(await lake.glue.createPartitions(database, 't', entries), []);
    const again = await lake.glue.createPartitions(database, 't', [entry(204), entry(205)]);
    assert.deepEqual(
      again.map(({ values, code }) => [values, code]),
      [[['204'], 'AlreadyExistsException']],
    );
    const moved = entries.map((each) => ({
      ...each,
      storage: { ...storage, location: `s3://weir-diff-raw/m/${each.values[0]}/` },
    }));
    assert.deepEqual(await lake.glue.updatePartitions(database, 't', moved), []);
    const found = await lake.glue.listPartitions(database, 't');
    assert.equal(found.length, 206);
    assert.equal(found.filter((each) => each.storage.location.startsWith('s3://weir-diff-raw/m/')).length, 205);
    assert.equal((await lake.glue.listPartitions(database, 't', "p = '7'")).length, 1);
    assert.deepEqual(
      await lake.glue.deletePartitions(
        database,
        't',
        found.map((each) => each.values),
      ),
      [],
    );
    assert.equal((await lake.glue.listPartitions(database, 't')).length, 0);
    const gone = await lake.glue.updatePartitions(database, 't', [entry(1)]);
    assert.deepEqual(
      gone.map((failure) => failure.code),
      ['EntityNotFoundException'],
    );
  });

  test('a stale VersionId is a conflict, a table or database that is missing is undefined or empty', async () => {
    const database = `${scope.environment.prefix}d`;
    const table = (await lake.glue.getTable(database, 't'))!;
    const write = () => lake.glue.updateTable(table, { versionId: table.versionId, skipArchive: true });
    await write();
    await assert.rejects(write(), (error) => isFault(error, 'conflict'));
    assert.equal(await lake.glue.getTable(database, 'nothing'), undefined);
    assert.deepEqual(await lake.glue.listTables('weir_nothing'), []);
  });
});

describe('Athena', () => {
  test('one token is one execution, rows come without their header', async () => {
    const query = {
      sql: "SELECT 'a' AS x, 1 AS y",
      workgroup: 'weir-diff-query',
      token: `token-${process.pid}-${'x'.repeat(32)}`,
    };
    const id = await lake.athena.start(query);
    assert.equal(await lake.athena.start(query), id);
    assert.equal((await lake.athena.wait(id)).state, 'succeeded');
    const { columns, rows } = await lake.athena.rows(id);
    assert.deepEqual(
      columns.map((column) => column.name),
      ['x', 'y'],
    );
    assert.deepEqual(rows, [['a', '1']]);
  });

  test('all rows of a long result, or as many as are wanted', async () => {
    const sql = 'SELECT n FROM UNNEST(sequence(1, 2500)) AS t (n)';
    const id = await lake.athena.start({ sql, workgroup: 'weir-diff-query' });
    assert.equal((await lake.athena.wait(id)).state, 'succeeded');
    assert.equal((await lake.athena.rows(id)).rows.length, 2500);
    assert.equal((await lake.athena.rows(id, 3)).rows.length, 3);
  });

  test('a failed query is an answer with its reason', async () => {
    const id = await lake.athena.start({ sql: 'SELECT nothing FROM weir_nowhere.t', workgroup: 'weir-diff-query' });
    const outcome = await lake.athena.wait(id);
    assert.equal(outcome.state, 'failed');
    assert.match(outcome.state === 'failed' ? outcome.reason : '', /NOT_FOUND/);
  });

  test('a signal stops the query and waits until it has ended', async () => {
    const sent: string[] = [];
    const states = ['RUNNING', 'RUNNING', 'CANCELLED'];
    const send = async (command: { constructor: { name: string } }) => {
      const { name } = command.constructor;
      sent.push(name);
      if (name === 'StopQueryExecutionCommand') return {};
      const State = sent.includes('StopQueryExecutionCommand') ? states.shift() : 'RUNNING';
      return { QueryExecution: { Status: { State } } };
    };
    const port = athenaPort({ send } as unknown as AthenaClient, awsCall({ target: 'nowhere', limited: false }));
    const outcome = await port.wait('id', AbortSignal.timeout(60));
    assert.equal(outcome.state, 'cancelled');
    assert.equal(sent.filter((name) => name === 'StopQueryExecutionCommand').length, 1);
    assert.deepEqual(states, []);
  });
});
