import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rollback } from '../../scripts/commands/rollback.ts';
import { FILES } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

/** Mode files: rows go where their values say, whatever file and folder they came in. */

const ORDERS = 'shop_raw.orders';
const HEADER = 'order_id,product,quantity,price,order_date';

function files(id: string): Record<string, string> {
  return {
    'pipeline/lake.yaml': FILES(id)['pipeline/lake.yaml']!,
    'pipeline/tables/shop_landing/orders/table.yaml': `description: Orders as they arrive
owner: tests
format: csv
csv: { header: 1 }
location: { bucket: landing, path: sales/orders/ }
columns:
  - { name: order_id, type: string, description: Number }
  - { name: product, type: string, description: Product }
  - { name: quantity, type: string, description: Units }
  - { name: price, type: string, description: Price }
  - { name: order_date, type: string, description: Day }
partitions:
  - { name: ingest_date, type: string, date: yyyy-MM-dd, description: Day of arrival }
projection:
  columns:
    ingest_date: { type: date, from: "2025-01-01", to: NOW }
`,
    'pipeline/tables/shop_raw/orders/table.yaml': `description: Orders
owner: tests
format: parquet
compression: snappy
location: { bucket: raw, path: sales/orders/ }
columns:
  - { name: order_id, type: int, description: Number }
  - { name: product, type: string, description: Product }
  - { name: total, type: "decimal(12,2)", description: Amount }
partitions:
  - { name: order_date, type: string, date: yyyy-MM-dd, description: Day }
load: { mode: files }
checks:
  - not_null: [order_id, total]
  - unique: order_id
`,
    'pipeline/tables/shop_raw/orders/load.sql': `SELECT
  TRY_CAST(order_id AS integer) AS order_id,
  product,
  CAST(TRY_CAST(quantity AS integer) * TRY_CAST(price AS decimal(10, 2)) AS decimal(12, 2)) AS total,
  NULLIF(order_date, '') AS order_date
FROM
  shop_landing.orders
`,
  };
}

let world: World;
before(async () => {
  world = await makeWorld('2025-03-24T00:00:00Z', files);
});
after(() => world.close());

const drop = (name: string, ...lines: string[]): Promise<void> =>
  world.drop(`sales/orders/ingest_date=2025-01-05/${name}.csv`, `${[HEADER, ...lines].join('\n')}\n`);
const orders = async (): Promise<string[]> =>
  (await world.rows('SELECT order_date, order_id, total FROM shop_raw.orders ORDER BY 1, 2')).map((row) =>
    row.join(' '),
  );
const load = async (): Promise<ReturnType<typeof outcomeOf>> => outcomeOf(await world.run(), ORDERS);

test('one file into several partitions', async () => {
  await drop('a', '1001,Laptop,1,75000,2025-01-01', '1002,Mouse,2,500,2025-01-01', '1003,Keyboard,1,1500,2025-01-02');
  const outcome = await load();
  assert.deepEqual([outcome.state, outcome.published, outcome.rows], ['done', 2, 3], world.said.join('\n'));
  assert.deepEqual(await orders(), ['2025-01-01 1001 75000.00', '2025-01-01 1002 1000.00', '2025-01-02 1003 1500.00']);
});

test('the same again is nothing', async () => {
  assert.deepEqual((await load()).queries, 0);
  await drop('a', '1001,Laptop,1,75000,2025-01-01', '1002,Mouse,2,500,2025-01-01', '1003,Keyboard,1,1500,2025-01-02');
  assert.equal((await load()).state, 'nothing');
});

test('another file for the same days leaves what was there', async () => {
  await drop('b', '1004,Mouse,1,500,2025-01-02', '1005,Desk,1,9000,2025-01-03');
  const outcome = await load();
  assert.deepEqual([outcome.state, outcome.published], ['done', 2]);
  assert.deepEqual(await orders(), [
    '2025-01-01 1001 75000.00',
    '2025-01-01 1002 1000.00',
    '2025-01-02 1003 1500.00',
    '2025-01-02 1004 500.00',
    '2025-01-03 1005 9000.00',
  ]);
});

test('a corrected file leaves just its new rows, wherever the old ones were', async () => {
  await drop('a', '1001,Laptop,1,70000,2025-01-01', '1003,Keyboard,1,1500,2025-01-04');
  const outcome = await load();
  assert.deepEqual([outcome.state, outcome.published], ['done', 3]);
  assert.deepEqual(await orders(), [
    '2025-01-01 1001 70000.00',
    '2025-01-02 1004 500.00',
    '2025-01-03 1005 9000.00',
    '2025-01-04 1003 1500.00',
  ]);
});

test('a bad file is set aside and told, the others are loaded', async () => {
  await drop('c', '1006,Mouse,1,500,2025-01-03');
  await drop('bad-date', '1007,Mouse,1,500,');
  await drop('bad-number', '1008,Mouse,one,500,2025-01-05');
  await world.drop('sales/orders/ingest_date=2025-01-05/bad-header.csv', 'id,product\n1,x\n');
  const outcome = await load();
  const told = outcome.errors.map((error) => error.message).join('\n');
  assert.equal(outcome.state, 'failed');
  assert.match(told, /bad-header\.csv:1 .*the header is id,product/);
  assert.match(told, /bad-date\.csv has rows without order_date/);
  assert.match(told, /not_null_order_id_total in 2025-01-05/);
  assert.deepEqual(
    (await orders()).filter((row) => row.startsWith('2025-01-03')),
    ['2025-01-03 1005 9000.00', '2025-01-03 1006 500.00'],
  );
  assert.equal(
    (await orders()).some((row) => row.includes('1008')),
    false,
  );
  // They wait until they are corrected.
  assert.equal((await load()).state, 'failed');
  await drop('bad-date', '1007,Mouse,1,500,2025-01-05');
  await drop('bad-number', '1008,Mouse,1,500,2025-01-05');
  await drop('bad-header');
  assert.equal((await load()).state, 'done');
  assert.deepEqual((await orders()).slice(-2), ['2025-01-05 1007 500.00', '2025-01-05 1008 500.00']);
});

test('many files are drained by one run, in few statements', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `m${index}`);
  await Promise.all(names.map((name, index) => drop(name, `${2000 + index},Pen,1,1,2025-02-0${1 + (index % 3)}`)));
  const outcome = await load();
  assert.deepEqual([outcome.state, outcome.published, outcome.rows, outcome.due], ['done', 3, 120, 120]);
  assert.ok(outcome.queries <= 3, `${outcome.queries} queries`);
  assert.equal((await orders()).filter((row) => row.startsWith('2025-02')).length, 120);
  assert.equal((await load()).state, 'nothing');
});

test('days that are asked for are made anew', async () => {
  const before = (await world.partitions('orders')).map(
    (entry) => `${entry.values} ${entry.parameters['weir.load.id']}`,
  );
  const outcome = outcomeOf(await world.run({ tables: [ORDERS], from: '2025-02-01', to: '2025-02-01' }), ORDERS);
  assert.deepEqual([outcome.state, outcome.published, outcome.rows], ['done', 1, 40]);
  const after = (await world.partitions('orders')).map(
    (entry) => `${entry.values} ${entry.parameters['weir.load.id']}`,
  );
  assert.deepEqual(
    after.filter((each) => !before.includes(each)).map((each) => each.slice(0, 10)),
    ['2025-02-01'],
  );
});

test('a partition that was rolled back stays as it is until it is released, and then has everything', async () => {
  const day = { table: ORDERS, from: '2025-01-03', to: '2025-01-03', load: undefined, dryRun: false };
  const third = async (): Promise<string[]> => (await orders()).filter((row) => row.startsWith('2025-01-03'));
  const all = ['2025-01-03 1005 9000.00', '2025-01-03 1006 500.00'];
  assert.deepEqual(await third(), all);
  await rollback(world.context(), { ...day, release: false });
  assert.deepEqual(await third(), all.slice(0, 1));
  assert.equal((await load()).state, 'nothing');
  await drop('d', '1009,Mouse,1,500,2025-01-03');
  const held = await load();
  assert.match(held.errors[0]!.message, /d\.csv has or had rows in a partition that is held/);
  assert.deepEqual(await third(), all.slice(0, 1));
  await rollback(world.context(), { ...day, release: true });
  assert.equal((await load()).state, 'done');
  assert.deepEqual(await third(), [...all, '2025-01-03 1009 500.00']);
  // Asked for, it is made of everything at once, and released by that.
  await rollback(world.context(), { ...day, release: false });
  const asked = await world.run({ tables: [ORDERS], from: '2025-01-03', to: '2025-01-03' });
  assert.equal(outcomeOf(asked, ORDERS).state, 'done', world.said.join('\n'));
  assert.deepEqual(await third(), [...all, '2025-01-03 1009 500.00']);
  assert.equal((await load()).state, 'nothing');
});
