import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AthenaClient } from '@aws-sdk/client-athena';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { athenaPort } from '../../scripts/adapters/athena.ts';
import type { AthenaPort } from '../../scripts/core/model/ports.ts';
import { makeWorkspace, type Run, type Workspace } from './workspace.ts';

const SALES = 'tables/shop_raw/sales/table.yaml';
const PRODUCTS = 'tables/shop_raw/products/table.yaml';
const CHECKS = '  - unique: sale_id\n  - range: { column: quantity, min: 1, max: 100 }\n';

let shop: Workspace;
let s3: S3Client;
let client: AthenaClient;
let athena: AthenaPort;

before(async () => {
  shop = await makeWorkspace();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint: shop.endpoint, region: 'us-east-1', credentials };
  s3 = new S3Client({ ...config, forcePathStyle: true });
  client = new AthenaClient(config);
  athena = athenaPort(client, (_api, call) => call());
  const sales = await shop.read(SALES);
  const bounded = sales.replace('"2024-01-01" }', '"2024-01-01", rejects: { max_rows: 3, max_percent: 60 } }');
  await shop.write(SALES, bounded.replace('  - unique: sale_id\n', CHECKS));
  const products = await shop.read(PRODUCTS);
  await shop.write(PRODUCTS, products.replace('mode: replace', 'mode: replace, rejects: { max_rows: 1 }'));
});
after(async () => {
  s3.destroy();
  client.destroy();
  await shop.close();
});

test('a rejects table is planned and made as any other; then nothing is left to do', async () => {
  done(await shop.run('validate'));
  const plan = await shop.run('plan');
  assert.match(plan.stdout, /CREATE EXTERNAL TABLE.*sales_rejects/);
  assert.match(plan.stdout, /CREATE EXTERNAL TABLE.*products_rejects/);
  done(await shop.run('apply'));
  assert.equal((await shop.run('plan', '--check')).code, 0);
});

test('bad rows within the bound: the others are published, these are in the rejects table', async () => {
  await drop('shop/products/products.csv', PRODUCTS_CSV);
  await dropSales('2025-03-01', { 1: '11,1,many,2025-03-01', 2: ',2,700,2025-03-01' });
  await dropSales('2025-03-02');
  const run = await shop.run('load', '--json');
  done(run);
  const { tables } = JSON.parse(run.stdout) as { tables: { table: string; rejected: number; warnings: string[] }[] };
  const sales = tables.find((each) => each.table === 'shop_raw.sales')!;
  assert.deepEqual([sales.rejected, sales.warnings.length], [2, 1]);
  assert.match(
    sales.warnings[0]!,
    /^2 of 5 rows in 2025-03-01 went to shop_raw\.sales_rejects: 1 check not_null_sale_id_product_id_sold_on; check range_quantity \(s3:\S+2025-03-01\/sales\.csv:4 .*, 1 quantity is no int \(s3:\S+2025-03-01\/sales\.csv:3 \{.*"many".*\}\)$/,
  );
  assert.deepEqual(await ask(COUNTS), [
    ['01', '3'],
    ['02', '5'],
  ]);
  assert.deepEqual(
    await ask(
      `SELECT year, month, day, split_part(reject_file, '/', 7), reject_line, reject_reason, reject_text
      FROM shop_raw.sales_rejects ORDER BY reject_text`,
    ),
    [
      [...'2025 03 01 sales.csv'.split(' '), null, 'quantity is no int', text('1', 'many', '11')],
      [...'2025 03 01 sales.csv'.split(' '), null, NO_NUMBER, text('2', '700', '')],
    ],
  );
});

test('a whole table has its rejects too', async () => {
  assert.deepEqual(await ask('SELECT product_id, price FROM shop_raw.products ORDER BY 1'), [
    ['1', '2.50'],
    ['2', '40.00'],
  ]);
  assert.deepEqual(await query('SELECT reject_reason, reject_text FROM shop_raw.products_rejects'), [
    ['price is no decimal(10,2)', '{"price":"dear","product_id":"3","product_name":"Soap"}'],
  ]);
});

test('a load is no drift', async () => {
  const plan = await shop.run('plan', '--check');
  assert.equal(plan.code, 0, plan.stdout + plan.stderr);
});

test('above the bound nothing of the partition is published, and the rejects are those of the load before', async () => {
  const before = await ask(REASONS);
  await dropSales('2025-03-01', { 0: '1,x,1,2025-03-01', 1: '2,x,1,2025-03-01', 2: '3,x,1,2025-03-01', 4: 'x,,,' });
  const run = await shop.run('load');
  assert.equal(run.code, 1);
  assert.match(run.stdout, /4 of 5 rows in 2025-03-01 are rejected, at most 3 may be: 3 product_id is no int \(.*:2 /);
  assert.deepEqual(await ask(REASONS), before);
  assert.deepEqual((await ask(COUNTS))[0], ['01', '3']);
  const status = await shop.run('status', 'shop_raw.sales', '2025-03-01');
  assert.match(status.stdout, /rejected {2}2 in shop_raw\.sales_rejects/);
});

test('a corrected file takes its rejects away; a rollback brings those of the load before back', async () => {
  await dropSales('2025-03-01');
  done(await shop.run('load'));
  assert.deepEqual(await ask(REASONS), []);
  assert.deepEqual((await ask(COUNTS))[0], ['01', '5']);
  const day = ['--table', 'shop_raw.sales', '--from', '2025-03-01', '--to', '2025-03-01'];
  done(await shop.run('rollback', ...day));
  assert.equal((await ask(REASONS)).length, 2);
  assert.deepEqual((await ask(COUNTS))[0], ['01', '3']);
  done(await shop.run('load', ...day));
  assert.deepEqual(await ask(REASONS), []);
});

test('without the key in the definition the table goes, with a permission', async () => {
  await shop.write(PRODUCTS, (await shop.read(PRODUCTS)).replace(', rejects: { max_rows: 1 }', ''));
  const refused = await shop.run('apply');
  assert.equal(refused.code, 1);
  assert.match(refused.stdout + refused.stderr, /drop_table/);
});

const COUNTS = 'SELECT day, count(*) FROM shop_raw.sales GROUP BY day ORDER BY day';
const REASONS = 'SELECT day, reject_reason FROM shop_raw.sales_rejects ORDER BY 1, 2';
const NO_NUMBER = 'check not_null_sale_id_product_id_sold_on; check range_quantity';
const PRODUCTS_CSV = 'product_id,product_name,price\n1,"Tea, green",2.50\n2,Rice,40.00\n3,Soap,dear\n';

function text(product: string, quantity: string, sale: string): string {
  return JSON.stringify({ product_id: product, quantity, sale_id: sale, sold_on: '2025-03-01' });
}

function done(run: Run): void {
  assert.equal(run.code, 0, `${run.stdout}\n${run.stderr}`);
}

async function drop(key: string, body: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: shop.buckets.landing, Key: key, Body: body }));
}

async function dropSales(day: string, bad: Readonly<Record<number, string>> = {}): Promise<void> {
  const number = (row: number): string => `${day.replaceAll('-', '')}${row}`;
  const lines = [0, 1, 2, 3, 4].map((row) => bad[row] ?? `${number(row)},${(row % 2) + 1},2,${day}`);
  await drop(`shop/sales/${day}/sales.csv`, `sale_id,product_id,quantity,sold_on\n${lines.join('\n')}\n`);
}

/** Asks as the verb does, without a process for each question. */
async function ask(sql: string): Promise<readonly (readonly (string | null)[])[]> {
  const workgroup = `weir-${shop.prefix.slice(0, -1)}-query`;
  const queryId = await athena.start({ sql: sql.replaceAll('shop_raw.', `${shop.prefix}shop_raw.`), workgroup });
  const outcome = await athena.wait(queryId);
  assert.equal(outcome.state, 'succeeded', JSON.stringify(outcome));
  return (await athena.rows(queryId)).rows;
}

async function query(sql: string): Promise<(string | null)[][]> {
  const run = await shop.run('query', sql, '--json');
  done(run);
  return (JSON.parse(run.stdout) as { rows: (string | null)[][] }).rows;
}
