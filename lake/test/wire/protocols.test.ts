import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { raw, startedLake } from '../server/started.ts';

const lake = await startedLake();

const glue = (operation: string, body: string) => ({ headers: { 'x-amz-target': `AWSGlue.${operation}` }, body });

describe('AWS JSON 1.1', () => {
  const refused: readonly (readonly [what: string, target: string, body: string, status: number, type: string])[] = [
    ['an unknown operation', 'AWSGlue.Nothing', '{}', 400, 'UnknownOperationException'],
    ['an inherited name', 'AWSGlue.toString', '{}', 400, 'UnknownOperationException'],
    ['an unknown service', 'DynamoDB_20120810.ListTables', '{}', 400, 'UnknownOperationException'],
    ['no operation', 'AWSGlue', '{}', 400, 'UnknownOperationException'],
    ['a body that is no JSON', 'AWSGlue.GetDatabases', '{', 400, 'SerializationException'],
    ['a body that is no object', 'AmazonAthena.ListWorkGroups', '[]', 400, 'SerializationException'],
    ['JSON nested without end', 'AWSGlue.GetDatabases', '['.repeat(200_000), 400, 'SerializationException'],
    ['what the service refuses', 'AWSGlue.GetDatabase', '{"Name":"none"}', 400, 'EntityNotFoundException'],
    [
      'what Athena refuses',
      'AmazonAthena.GetQueryExecution',
      '{"QueryExecutionId":"none"}',
      400,
      'InvalidRequestException',
    ],
  ];
  for (const [what, target, body, status, type] of refused)
    it(`refuses ${what}`, async () => {
      const answer = await raw(lake.url, 'POST', '/', { headers: { 'x-amz-target': target }, body });
      assert.equal(answer.status, status);
      assert.equal(answer.headers['x-amzn-errortype'], type);
      assert.equal(answer.headers['content-type'], 'application/x-amz-json-1.1');
      assert.ok(answer.headers['x-amzn-requestid']);
      const { __type, message, Message } = JSON.parse(answer.body) as Record<string, string>;
      assert.equal(__type, type);
      assert.ok(message || Message);
    });

  it('names the kind of what Athena refuses', async () => {
    const headers = { 'x-amz-target': 'AmazonAthena.GetQueryExecution' };
    const { body } = await raw(lake.url, 'POST', '/', { headers, body: '{"QueryExecutionId":"none"}' });
    assert.equal((JSON.parse(body) as Record<string, string>).AthenaErrorCode, 'INVALID_INPUT');
  });

  it('takes an empty body for an empty object, and answers one where there is nothing to say', async () => {
    assert.equal((await raw(lake.url, 'POST', '/', glue('GetDatabases', ''))).status, 200);
    const made = await raw(lake.url, 'POST', '/', glue('CreateDatabase', '{"DatabaseInput":{"Name":"d"}}'));
    assert.deepEqual([made.status, made.body], [200, '{}']);
  });

  it('refuses a body of more than 32 MB', async () => {
    const answer = await raw(lake.url, 'POST', '/', glue('GetDatabases', `"${'x'.repeat(33 * 1024 * 1024)}"`));
    assert.equal(answer.status, 413);
  });
});

describe('the lake’s own endpoints', () => {
  it('tell of its health', async () => {
    const { status, headers, body } = await raw(lake.url, 'GET', '/_lake/health');
    assert.deepEqual([status, headers['content-type']], [200, 'application/json']);
    const { status: said, pid, region } = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual([said, pid, region], ['ok', process.pid, 'us-east-1']);
    assert.ok(!body.includes(lake.dir));
  });

  it('compile statements over tables that need not exist', async () => {
    const request = {
      tables: [
        {
          database: 'd',
          name: 't',
          columns: [{ name: 'n', type: 'int' }],
          partitions: [{ name: 'day', type: 'date' }],
        },
      ],
      statements: [
        { id: 'good', sql: 'SELECT n, day FROM d.t' },
        { id: 'bad', sql: 'SELECT m FROM d.t' },
      ],
    };
    const { status, body } = await raw(lake.url, 'POST', '/_lake/compile', { body: JSON.stringify(request) });
    assert.equal(status, 200, body);
    const { results } = JSON.parse(body) as { results: { id: string; columns?: unknown; error?: { name: string } }[] };
    assert.deepEqual(results[0]?.columns, [
      { name: 'n', type: 'integer' },
      { name: 'day', type: 'date' },
    ]);
    assert.equal(results[1]?.error?.name, 'COLUMN_NOT_FOUND');
  });

  for (const [what, path, body] of [
    ['no JSON', '/_lake/compile', '{'],
    ['a wrong shape', '/_lake/compile', '{"statements":[{"id":1}]}'],
    ['no list', '/_lake/compile', '{"tables":{}}'],
  ] as const)
    it(`refuse ${what} with a reason`, async () => {
      const answer = await raw(lake.url, 'POST', path, { body });
      assert.equal(answer.status, 400);
      assert.ok((JSON.parse(answer.body) as { error: string }).error);
    });

  it('are these and no others', async () => {
    assert.equal((await raw(lake.url, 'GET', '/_lake/nothing')).status, 404);
    assert.equal((await raw(lake.url, 'POST', '/_lake/health')).status, 404);
  });
});
