import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { AthenaClient, GetQueryExecutionCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { CreateDatabaseCommand, GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientSettings, raw, startedLake } from '../server/started.ts';

const lake = await startedLake();
const once = { ...clientSettings(lake.url), maxAttempts: 1 };
const s3 = lake.s3({ maxAttempts: 1 });
const glue = new GlueClient(once);
const sts = new STSClient(once);
await s3.send(new CreateBucketCommand({ Bucket: 'bkt' }));

async function post(fault: unknown): Promise<number> {
  const { status, body } = await raw(lake.url, 'POST', '/_lake/faults', { body: JSON.stringify(fault) });
  assert.ok(status === 200 || status === 400, body);
  return status;
}

interface Logged {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  readonly fault?: string;
  readonly error?: string;
  readonly request?: string;
}

async function log(query = ''): Promise<Logged[]> {
  return JSON.parse((await raw(lake.url, 'GET', `/_lake/log${query}`)).body) as Logged[];
}

afterEach(async () => {
  await raw(lake.url, 'DELETE', '/_lake/faults');
  await raw(lake.url, 'DELETE', '/_lake/log');
});

const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'bkt', Key, Body: 'x' }));
const get = (Key: string) => s3.send(new GetObjectCommand({ Bucket: 'bkt', Key }));

describe('faults', () => {
  it('fail an operation as often as asked, after as many as asked', async () => {
    await post({ service: 's3', operation: 'PutObject', after: 1, times: 2, error: 'SlowDown', message: 'slower' });
    await put('a');
    await assert.rejects(put('b'), { name: 'SlowDown', message: 'slower' });
    await assert.rejects(put('c'), { name: 'SlowDown' });
    await put('d');
    await assert.rejects(get('b'), { name: 'NoSuchKey' });
    const [fault] = JSON.parse((await raw(lake.url, 'GET', '/_lake/faults')).body) as {
      seen: number;
      struck: number;
    }[];
    assert.deepEqual([fault?.seen, fault?.struck], [3, 2]);
  });

  it('speak the words of each protocol', async () => {
    await post([
      { service: 'glue', operation: 'GetDatabase', error: 'ThrottlingException', status: 400 },
      { service: 'sts', error: 'ExpiredToken', status: 403 },
      { service: 's3', operation: 'HeadBucket', error: 'AccessDenied', status: 403 },
    ]);
    await assert.rejects(glue.send(new GetDatabaseCommand({ Name: 'default' })), { name: 'ThrottlingException' });
    await assert.rejects(sts.send(new GetCallerIdentityCommand({})), { name: 'ExpiredToken' });
    await assert.rejects(s3.send(new HeadBucketCommand({ Bucket: 'bkt' })));
    assert.deepEqual(
      (await log()).map(({ fault }) => fault),
      ['ThrottlingException', 'ExpiredToken', 'AccessDenied'],
    );
  });

  it('match on the request', async () => {
    await post({ service: 's3', match: '/bkt/hit', times: 9, error: 'InternalError' });
    await put('miss');
    await assert.rejects(put('hit'), { name: 'InternalError' });
    await post({ service: 'glue', match: '"name":"two"', error: 'InternalServiceException' });
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'one' } }));
    await assert.rejects(glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'two' } })), {
      name: 'InternalServiceException',
    });
  });

  it('do it and then answer with the error', async () => {
    await post({ service: 's3', operation: 'PutObject', error: 'InternalError', execute: true });
    await assert.rejects(put('executed'), { name: 'InternalError' });
    await get('executed');
  });

  it('cut the connection after the effect, or before it', async () => {
    await post([
      { service: 's3', operation: 'PutObject', match: 'after', drop: true },
      { service: 's3', operation: 'PutObject', match: 'before', drop: 'before' },
    ]);
    await assert.rejects(put('cut-after'), { code: 'ECONNRESET' });
    await assert.rejects(put('cut-before'), { code: 'ECONNRESET' });
    await get('cut-after');
    await assert.rejects(get('cut-before'), { name: 'NoSuchKey' });
  });

  it('delay', async () => {
    await post({ service: '*', operation: '*', delay_ms: 150 });
    const begun = performance.now();
    await put('late');
    assert.ok(performance.now() - begun >= 149);
    await get('late');
  });

  it('fail a query by its kind, with the reason given', async () => {
    const athena = new AthenaClient(once);
    await post({ service: 'athena-query', operation: 'SHOW_DATABASES', error: 'GENERIC_INTERNAL_ERROR: injected' });
    const run = async () => {
      const { QueryExecutionId } = await athena.send(
        new StartQueryExecutionCommand({
          QueryString: 'SHOW DATABASES',
          ResultConfiguration: { OutputLocation: 's3://bkt/results/' },
        }),
      );
      for (;;) {
        const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
        const { State = '', StateChangeReason } = QueryExecution?.Status ?? {};
        if (!['QUEUED', 'RUNNING'].includes(State)) return [State, StateChangeReason];
        await new Promise((done) => setTimeout(done, 20));
      }
    };
    assert.deepEqual(await run(), ['FAILED', 'GENERIC_INTERNAL_ERROR: injected']);
    assert.equal((await run())[0], 'SUCCEEDED');
  });

  it('are refused where they say something unknown', async () => {
    for (const fault of [
      { sevice: 's3' },
      { service: 'gleu' },
      { times: -1 },
      { times: 'two' },
      { drop: 'after' },
      { match: '(' },
      { status: 9 },
      { status: 100, error: 'x' },
      { delay_ms: 2 ** 31 },
      { error: 'a\nb' },
      { service: 's3', error: 'é' },
      [[]],
      'x',
      [null],
    ])
      assert.equal(await post(fault), 400, JSON.stringify(fault));
    assert.deepEqual(JSON.parse((await raw(lake.url, 'GET', '/_lake/faults')).body), []);
    assert.equal((await raw(lake.url, 'POST', '/_lake/faults', { body: '{' })).status, 400);
  });
});

describe('the log', () => {
  it('tells what was served', async () => {
    await s3.send(new ListBucketsCommand({}));
    await assert.rejects(get('nothing'));
    await sts.send(new GetCallerIdentityCommand({}));
    const calls = (await log()).map(({ service, operation, status, error }) => [service, operation, status, error]);
    assert.deepEqual(calls, [
      ['s3', 'ListBuckets', 200, undefined],
      ['s3', 'GetObject', 404, 'NoSuchKey'],
      ['sts', 'GetCallerIdentity', 200, undefined],
    ]);
    assert.match((await log('?requests'))[2]?.request ?? '', /^POST \/\? Action=GetCallerIdentity/);
  });
});
