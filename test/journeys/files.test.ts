import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { makeWorkspace, type Run, type Workspace } from './workspace.ts';

/** Mode files with the verbs: what comes in is loaded once, wherever its rows belong. */

let shop: Workspace;
let s3: S3Client;

before(async () => {
  shop = await makeWorkspace();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  s3 = new S3Client({ endpoint: shop.endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  await shop.write('lake.yaml', `history: { bucket: raw }\n${await shop.read('lake.yaml')}`);
  await shop.write('tables/shop_landing/orders/table.yaml', LANDING);
  await shop.write('tables/shop_raw/orders/table.yaml', TABLE);
  await shop.write('tables/shop_raw/orders/load.sql', SQL);
});
after(async () => {
  s3.destroy();
  await shop.close();
});

test('a file for two days, loaded once and corrected', async () => {
  done(await shop.run('validate'));
  done(await shop.run('apply'));
  await drop('a', '1,2025-03-01', '2,2025-03-01', '3,2025-03-02');
  const dry = await shop.run('load', '--table', 'shop_raw.orders', '--dry-run');
  done(dry);
  assert.match(dry.stdout, /shop_raw\.orders: 1 object due/);
  done(await shop.run('load', '--table', 'shop_raw.orders'));
  assert.deepEqual(await orders(), ['2025-03-01 2', '2025-03-02 1']);
  assert.match((await shop.run('load', '--table', 'shop_raw.orders')).stdout, /nothing due/);
  await drop('a', '1,2025-03-01', '3,2025-03-03');
  done(await shop.run('load', '--table', 'shop_raw.orders'));
  assert.deepEqual(await orders(), ['2025-03-01 1', '2025-03-03 1']);
  const plan = await shop.run('plan', '--check');
  assert.equal(plan.code, 0, plan.stdout);
  const status = await shop.run('status', 'shop_raw.orders', '2025-03-03');
  done(status);
  assert.match(status.stdout, /orders\/a\.csv/);
});

test('its history is there to be asked', async () => {
  const sql =
    "SELECT partition_key, sum(row_count) FROM weir_history.weir_loads WHERE table_name = 'shop_raw.orders' GROUP BY 1";
  const run = await shop.run('query', '--json', `${sql} ORDER BY 1`);
  done(run);
  assert.deepEqual((JSON.parse(run.stdout) as { rows: string[][] }).rows, [
    ['2025-03-01', '3'],
    ['2025-03-02', '1'],
    ['2025-03-03', '1'],
  ]);
});

const drop = (name: string, ...lines: string[]) =>
  s3.send(
    new PutObjectCommand({
      Bucket: shop.buckets.landing,
      Key: `orders/${name}.csv`,
      Body: `order_id,ordered_on\n${lines.join('\n')}\n`,
    }),
  );

async function orders(): Promise<string[]> {
  const sql = 'SELECT ordered_on, count(*) FROM shop_raw.orders GROUP BY 1 ORDER BY 1';
  const run = await shop.run('query', '--json', sql);
  done(run);
  return (JSON.parse(run.stdout) as { rows: string[][] }).rows.map((row) => row.join(' '));
}

function done(run: Run): void {
  assert.equal(run.code, 0, run.stdout + run.stderr);
}

const LANDING = `description: Orders as they come
owner: shop
format: csv
csv: { header: 1 }
location: { bucket: landing, path: orders/ }
columns:
  - { name: order_id, type: string }
  - { name: ordered_on, type: string }
`;

const TABLE = `description: Orders
owner: shop
format: parquet
location: { bucket: raw, path: orders/ }
columns:
  - { name: order_id, type: int }
partitions:
  - { name: ordered_on, type: string, date: yyyy-MM-dd }
load: { mode: files }
`;

const SQL = `SELECT
  TRY_CAST(order_id AS integer) AS order_id,
  ordered_on
FROM
  shop_landing.orders
`;
