import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { athenaPort } from '../../scripts/adapters/athena.ts';
import { awsCall, RETRIES } from '../../scripts/adapters/aws.ts';
import { gluePort } from '../../scripts/adapters/glue.ts';
import { s3Port } from '../../scripts/adapters/s3.ts';
import { PRODUCTS_CSV, salesCsv } from './shop.ts';
import { makeWorld, type World } from './world.ts';

// Every API answers that it is busy, for a while, from some call of a load on. The load waits that out with few calls, and
// ends with each row once. WEIR_THROTTLE_SECONDS says how long; test/faults takes a minute.

const SECONDS = Number(process.env.WEIR_THROTTLE_SECONDS ?? 2);
const AFTER = process.env.WEIR_THROTTLE_SECONDS === undefined ? [25] : [0, 12, 25, 40];
const DAYS = ['2025-03-20', '2025-03-21', '2025-03-22'] as const;
const BUSY = [
  { service: 's3', error: 'SlowDown', status: 503 },
  { service: 'glue', error: 'ThrottlingException', status: 400 },
  { service: 'athena', error: 'TooManyRequestsException', status: 400 },
] as const;

/** The ports as they are against AWS: with the limits of every API. */
function limitedPorts(world: World, clients: { destroy(): void }[]) {
  const config = {
    ...RETRIES,
    region: 'us-east-1',
    endpoint: world.open.target,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  };
  const made = { glue: new GlueClient(config), athena: new AthenaClient(config) };
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  clients.push(made.glue, made.athena, s3);
  const call = awsCall({ target: world.open.target, limited: true });
  return { glue: gluePort(made.glue, call), athena: athenaPort(made.athena, call), s3: s3Port(s3, call, undefined) };
}

type Switch = (method: string, body?: unknown) => Promise<Response>;

const switchOf =
  (world: World): Switch =>
  (method, body) =>
    fetch(new URL('/_lake/faults', world.open.target), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

interface Active {
  readonly service: string;
  readonly struck: number;
}

/** Makes every service busy once so many of all calls have passed, for some seconds from then on; the strikes by service. */
async function busy(faults: Switch, passing: number): Promise<readonly Active[]> {
  await faults('POST', {
    service: '*',
    operation: '*',
    times: 1,
    after: passing,
    delay_ms: 1,
    error: 'SlowDown',
    status: 503,
  });
  const struck = async (): Promise<readonly Active[]> => (await (await faults('GET')).json()) as readonly Active[];
  while ((await struck())[0]!.struck === 0) await wait(10);
  await faults('DELETE');
  await faults(
    'POST',
    BUSY.map((each) => ({ ...each, times: 1_000_000 })),
  );
  await wait(SECONDS * 1_000);
  const found = await struck();
  await faults('DELETE');
  return found;
}

/** New files of every day, all with the round as their quantity. */
async function drop(world: World, round: number): Promise<void> {
  for (const [index, day] of DAYS.entries()) {
    const base = Number(day.replaceAll('-', '')) * 1_000;
    await world.drop(
      `shop/sales/${day}/sales.csv`,
      salesCsv(day, 2 + index, (row) => `${base + row},1,${round},${day}`),
    );
  }
}

// Side by side, each on a lake of its own: most of the time is waited.
describe('throttled', { concurrency: true }, () => {
  for (const [round, passing] of AFTER.entries()) {
    test(`every API is busy for ${SECONDS} s from call ${passing + 1} on`, async (context) => {
      const clients: { destroy(): void }[] = [];
      const world = await makeWorld();
      context.after(async () => {
        for (const client of clients) client.destroy();
        await world.close();
      });
      await world.drop('shop/products/products.csv', PRODUCTS_CSV);
      // The first load of a lake, and corrections of what is loaded.
      if (round > 0) await drop(world, 1).then(() => world.run());
      await drop(world, round + 2);
      const start = performance.now();
      const [summary, struck] = await Promise.all([
        world.run({}, limitedPorts(world, clients)),
        busy(switchOf(world), passing),
      ]);
      const seconds = (performance.now() - start) / 1_000;
      assert.deepEqual(
        summary.tables.filter((table) => table.state === 'failed' || table.state === 'blocked'),
        [],
        world.said.join('\n'),
      );
      const rows = await world.rows(
        'SELECT day, count(*), count(DISTINCT sale_id), max(quantity) FROM shop_raw.sales GROUP BY day ORDER BY day',
      );
      const wanted = DAYS.map((day, index) => [day.slice(8), `${2 + index}`, `${2 + index}`, `${round + 2}`]);
      assert.deepEqual(rows, wanted);
      assert.deepEqual(await world.open.glue.listTables(`${world.prefix}weir_staging`), []);
      assert.equal((await world.run()).queries, 0, 'nothing is left to do');
      const calls = struck.reduce((sum, each) => sum + each.struck, 0);
      context.diagnostic(`${calls} calls were refused in ${SECONDS} s; the load took ${seconds.toFixed(1)} s`);
      assert.ok(calls > 0, 'calls were refused');
      // Four tries of the SDK, then a pause that grows to ten seconds, for each of the few calls that are made at once.
      assert.ok(calls <= 40 + 3 * SECONDS, `${calls} calls in ${SECONDS} s`);
      assert.ok(seconds < SECONDS + 40, `${seconds} s`);
    });
  }
});
