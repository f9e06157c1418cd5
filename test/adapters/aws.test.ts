import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { awsCall, inBatches, tokenBucket } from '../../scripts/adapters/aws.ts';
import { openEnvironment } from '../../scripts/adapters/environment.ts';
import { AwsFault, classOf, faultOf } from '../../scripts/adapters/fault.ts';
import type { LakeDefinition } from '../../scripts/core/model/definition.ts';
import { UserError } from '../../scripts/core/model/exit.ts';

test('classes of errors, by name and by status', () => {
  const rows: readonly (readonly [string, number | undefined, string])[] = [
    ['ThrottlingException', 400, 'passing'],
    ['TooManyRequestsException', 400, 'passing'],
    ['SlowDown', 503, 'passing'],
    ['InternalServiceException', 500, 'passing'],
    ['InternalServerException', 500, 'passing'],
    ['TimeoutError', undefined, 'passing'],
    ['ECONNRESET', undefined, 'passing'],
    ['Unheard', 503, 'passing'],
    ['ResourceNumberLimitExceededException', 400, 'limit'],
    ['AccessDeniedException', 400, 'denied'],
    ['ExpiredTokenException', 400, 'denied'],
    ['Unheard', 403, 'denied'],
    ['ConcurrentModificationException', 400, 'conflict'],
    ['AlreadyExistsException', 400, 'conflict'],
    ['PreconditionFailed', 412, 'conflict'],
    ['EntityNotFoundException', 400, 'not-found'],
    ['NoSuchBucket', 404, 'not-found'],
    ['NotFound', 404, 'not-found'],
    ['InvalidInputException', 400, 'permanent'],
    ['Unheard', undefined, 'permanent'],
  ];
  for (const [code, status, expected] of rows) assert.equal(classOf(code, status), expected, `${code} ${status}`);
});

test('a bug keeps its stack, a fault of AWS becomes a message with a cure', () => {
  assert.ok(faultOf('glue:GetTable', new TypeError('x is undefined'), 'AWS') instanceof TypeError);
  const denied = faultOf('glue:GetTable', { name: 'AccessDeniedException', message: 'no', $metadata: {} }, 'AWS');
  assert.ok(denied instanceof AwsFault && denied.cure.length > 10);
  assert.match(denied.message, /glue:GetTable: AccessDeniedException: no/);
  const own = new UserError('mine', 'cure');
  assert.equal(faultOf('glue:GetTable', own, 'AWS'), own);
});

describe('batches', () => {
  const keyOf = (entry: number) => [String(entry)];
  const failure = (entry: number, code: string) => ({ values: [String(entry)], code, message: '' });

  test('are cut to size', async () => {
    const sizes: number[] = [];
    const entries = Array.from({ length: 201 }, (_, n) => n);
    const failures = await inBatches(entries, 100, keyOf, async (part) => {
      sizes.push(part.length);
      return [];
    });
    assert.deepEqual([sizes, failures], [[100, 100, 1], []]);
  });

  test('send again just the entries that failed in passing', async () => {
    const sent: (readonly number[])[] = [];
    const failures = await inBatches([1, 2, 3, 4], 100, keyOf, async (part) => {
      sent.push(part);
      if (sent.length === 1) return [failure(2, 'ThrottlingException'), failure(3, 'AlreadyExistsException')];
      return sent.length === 2 ? [failure(2, 'InternalServiceException')] : [];
    });
    assert.deepEqual(sent, [[1, 2, 3, 4], [2], [2]]);
    assert.deepEqual(
      failures.map(({ values, code }) => [values, code]),
      [[['3'], 'AlreadyExistsException']],
    );
  });
});

describe('calls', () => {
  const options = { target: 'somewhere', limited: false, patienceMs: 5_000 };
  const throttled = { name: 'ThrottlingException', message: 'slow', $metadata: { httpStatusCode: 400 } };

  test('wait out what passes', async () => {
    let calls = 0;
    const answer = await awsCall(options)('glue:GetTable', async () => {
      calls++;
      if (calls < 2) throw throttled;
      return 'there';
    });
    assert.deepEqual([answer, calls], ['there', 2]);
  });
  test('give up when patience ends, and at once for what does not pass', async () => {
    let calls = 0;
    const failing = (error: unknown) => async () => {
      calls++;
      throw error;
    };
    await assert.rejects(
      awsCall({ ...options, patienceMs: 0 })('glue:GetTable', failing(throttled)),
      /ThrottlingException/,
    );
    const invalid = { name: 'InvalidInputException', message: 'bad', $metadata: { httpStatusCode: 400 } };
    await assert.rejects(awsCall(options)('glue:GetTable', failing(invalid)), /InvalidInputException: bad/);
    assert.equal(calls, 2);
  });
});

test('a token bucket lets a burst through and then keeps its pace', async () => {
  // A clock that stands: nothing comes back into the bucket meanwhile, however busy the machine is.
  const slow = tokenBucket(0.1, 5, () => 0);
  const start = performance.now();
  for (let n = 0; n < 5; n++) await slow();
  assert.ok(performance.now() - start < 5_000, 'one that waits waits ten seconds');
  const bucket = tokenBucket(50, 5, () => 0);
  for (let n = 0; n < 5; n++) await bucket();
  const spent = performance.now();
  for (let n = 0; n < 5; n++) await bucket();
  assert.ok(performance.now() - spent >= 290, '20, 40, 60, 80 and 100 ms behind the burst');
});

describe('an environment that cannot be opened', () => {
  let server: Server;
  let identity = '';
  before(async () => {
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/xml');
      response.end(identity);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  after(() => server.close());

  const KEYS = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  async function withEndpoint(url: string, work: () => Promise<void>): Promise<void> {
    const kept = KEYS.map((key) => process.env[key]);
    Object.assign(process.env, { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' });
    try {
      await work();
    } finally {
      for (const [at, key] of KEYS.entries()) {
        if (kept[at] === undefined) delete process.env[key];
        else process.env[key] = kept[at];
      }
    }
  }
  const environment = (local: boolean) => ({
    name: 'x',
    local,
    account: '111111111111',
    region: 'us-east-1',
    prefix: '',
    buckets: { results: 'b' },
    workgroups: { query: 'q', load: 'l' },
  });
  const lake: LakeDefinition = {
    place: { path: 'pipeline/lake.yaml', line: 1, column: 1 },
    timezone: 'UTC',
    environments: { local: environment(true), prod: environment(false) },
    databases: {},
  };

  test('because nobody knows it', async () => {
    await assert.rejects(openEnvironment(lake, 'nope'), /no environment is called "nope"/);
  });
  test('because nothing answers', async () => {
    for (const name of ['local', 'prod']) {
      await withEndpoint('http://127.0.0.1:1', async () => {
        await assert.rejects(openEnvironment(lake, name), (error) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, /no connection to http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)/);
          return true;
        });
      });
    }
  });
  test('because the credentials are for another account', async () => {
    identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
      <Account>222222222222</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
    await withEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => {
      await assert.rejects(
        openEnvironment(lake, 'prod'),
        /for account 222222222222, environment x is account 111111111111/,
      );
    });
  });
});
