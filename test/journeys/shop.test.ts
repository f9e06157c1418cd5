import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GetPartitionsCommand, GetTableCommand, GlueClient, type Partition } from '@aws-sdk/client-glue';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { makeWorkspace, type Run, type Workspace } from './workspace.ts';

let shop: Workspace;
let glue: GlueClient;
let s3: S3Client;

before(async () => {
  shop = await makeWorkspace();
  const config = {
    endpoint: shop.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  glue = new GlueClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
});
after(async () => {
  glue.destroy();
  s3.destroy();
  await shop.close();
});

test('apply from nothing: pending, applied, nothing left', async () => {
  done(await shop.run('validate'));
  assert.equal((await shop.run('plan', '--check')).code, 2);
  done(await shop.run('apply'));
  const again = await shop.run('plan', '--check');
  assert.equal(again.code, 0, again.stdout + again.stderr);
});

test('daily loads: what was dropped is loaded, once', async () => {
  await drop('shop/products/products.csv', 'product_id,product_name,price\n1,"Tea, green",2.50\n2,Rice,40.00\n');
  for (const day of ['2025-03-01', '2025-03-02', '2025-03-03']) await dropSales(day, 3);
  done(await shop.run('load'));
  assert.deepEqual(await query('SELECT day, count(*) FROM shop_raw.sales GROUP BY day ORDER BY day'), [
    ['01', '3'],
    ['02', '3'],
    ['03', '3'],
  ]);
  assert.deepEqual(
    await query('SELECT product_name, sum(amount) FROM shop_serving.vw_sales GROUP BY product_name ORDER BY 1'),
    [
      ['Rice', '240.00'],
      ['Tea, green', '30.00'],
    ],
  );
});

test('a second run does nothing', async () => {
  const before = await ledger();
  done(await shop.run('load'));
  assert.deepEqual(await ledger(), before);
});

test('a new day is seen with nothing run by hand, and only it is loaded', async () => {
  const before = await ledger();
  await dropSales('2025-03-04', 2);
  done(await shop.run('load'));
  const after = await ledger();
  assert.deepEqual(Object.keys(after), [...Object.keys(before), '2025/03/04']);
  for (const [day, id] of Object.entries(before)) assert.equal(after[day], id);
});

test('a corrected file reloads just its day', async () => {
  const before = await ledger();
  await dropSales('2025-03-02', 5);
  done(await shop.run('load'));
  const after = await ledger();
  const changed = Object.keys(after).filter((day) => after[day] !== before[day]);
  assert.deepEqual(changed, ['2025/03/02']);
  assert.deepEqual(await query("SELECT count(*) FROM shop_raw.sales WHERE day = '02'"), [['5']]);
});

test('a reworded load.sql reloads nothing, a changed one only when it is asked to', async () => {
  const sql = await shop.read('tables/shop_raw/sales/load.sql');
  const before = await ledger();
  await shop.write('tables/shop_raw/sales/load.sql', `-- a comment changes nothing\n${sql}`);
  done(await shop.run('load'));
  assert.deepEqual(await ledger(), before);

  await shop.write(
    'tables/shop_raw/sales/load.sql',
    sql.replace('TRY_CAST(quantity AS integer)', '2 * TRY_CAST(quantity AS integer)'),
  );
  done(await shop.run('load'));
  assert.deepEqual(await ledger(), before);
  const plan = await shop.run('plan');
  assert.match(plan.stdout, /stale/i);

  done(await shop.run('load', '--table', 'shop_raw.sales', '--from', '2025-03-01', '--to', '2025-03-01'));
  const after = await ledger();
  assert.deepEqual(
    Object.keys(after).filter((day) => after[day] !== before[day]),
    ['2025/03/01'],
  );
  assert.deepEqual(await query("SELECT sum(quantity) FROM shop_raw.sales WHERE day = '01'"), [['12']]);
  await shop.write('tables/shop_raw/sales/load.sql', sql);
  done(await shop.run('load', '--table', 'shop_raw.sales', '--from', '2025-03-01', '--to', '2025-03-01'));
});

test('a backfill over more than 100 days', async () => {
  const days = Array.from({ length: 104 }, (_, index) =>
    new Date(Date.UTC(2024, 8, 1 + index)).toISOString().slice(0, 10),
  );
  await Promise.all(days.map((day) => dropSales(day, 1)));
  const range = ['--from', days[0]!, '--to', days.at(-1)!];
  const dry = await shop.run('load', '--table', 'shop_raw.sales', ...range, '--dry-run');
  done(dry);
  assert.equal(Object.keys(await ledger()).length, 4);
  done(await shop.run('load', '--table', 'shop_raw.sales', ...range));
  assert.deepEqual(
    await query("SELECT count(*), count(DISTINCT month || day) FROM shop_raw.sales WHERE year = '2024'"),
    [['104', '104']],
  );
});

test('partition folders are where the catalog says, below fresh prefixes', async () => {
  for (const partition of await partitions()) {
    const location = partition.StorageDescriptor?.Location ?? '';
    assert.match(
      location,
      new RegExp(`^s3://${shop.buckets.raw}/shop/sales/load-[^/]+/year=\\d{4}/month=\\d\\d/day=\\d\\d/?$`),
    );
    const prefix = location.slice(`s3://${shop.buckets.raw}/`.length);
    const found = await s3.send(new ListObjectsV2Command({ Bucket: shop.buckets.raw, Prefix: prefix }));
    assert.ok((found.KeyCount ?? 0) >= 1, location);
  }
});

test('a column is added: old rows have null, a backfill fills it', async () => {
  const table = await shop.read('tables/shop_raw/sales/table.yaml');
  const sql = await shop.read('tables/shop_raw/sales/load.sql');
  const column = '  - { name: bulk, type: boolean, description: Two units or more }\npartitions:';
  await shop.write('tables/shop_raw/sales/table.yaml', table.replace('partitions:', column));
  await shop.write(
    'tables/shop_raw/sales/load.sql',
    sql.replace('AS sold_on,', 'AS sold_on,\n  TRY_CAST(quantity AS integer) >= 2 AS bulk,'),
  );
  done(await shop.run('validate'));
  assert.equal((await shop.run('plan', '--check')).code, 2);
  done(await shop.run('apply'));
  assert.equal((await shop.run('plan', '--check')).code, 0);
  assert.deepEqual(await query('SELECT DISTINCT bulk FROM shop_raw.sales'), [[null]]);
  done(await shop.run('load', '--table', 'shop_raw.sales', '--from', '2025-03-01', '--to', '2025-03-01'));
  assert.deepEqual(await query("SELECT DISTINCT bulk FROM shop_raw.sales WHERE day = '01' AND year = '2025'"), [
    ['true'],
  ]);
});

test('a failing check publishes nothing', async () => {
  const before = await ledger();
  await drop('shop/sales/2025-03-05/sales.csv', 'sale_id,product_id,quantity,sold_on\n1,99,1,2025-03-05\n');
  const failed = await shop.run('load');
  assert.equal(failed.code, 1);
  assert.match(failed.stdout + failed.stderr, /relationships/);
  assert.deepEqual(await ledger(), before);
  await dropSales('2025-03-05', 1);
  done(await shop.run('load'));
});

test('a view is dropped only with a reviewed permission', async () => {
  const yaml = await shop.read('views/shop_serving/vw_sales/view.yaml');
  const sql = await shop.read('views/shop_serving/vw_sales/view.sql');
  await shop.remove('views/shop_serving/vw_sales');
  const refused = await shop.run('apply');
  assert.equal(refused.code, 1);
  assert.match(refused.stdout + refused.stderr, /allow/);
  assert.ok(await tableExists('shop_serving', 'vw_sales'));

  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await shop.write(
    'allow.yaml',
    `- { object: shop_serving.vw_sales, change: drop_view, reason: nobody reads it, expires: "${tomorrow}" }\n`,
  );
  done(await shop.run('apply'));
  assert.equal(await tableExists('shop_serving', 'vw_sales'), false);
  assert.equal((await shop.run('plan', '--check')).code, 0);
  await shop.remove('allow.yaml');
  await shop.write('views/shop_serving/vw_sales/view.yaml', yaml);
  await shop.write('views/shop_serving/vw_sales/view.sql', sql);
  done(await shop.run('apply'));
});

test('a plan that the catalog has overtaken is refused; a load does not overtake it', async () => {
  const table = await shop.read('tables/shop_raw/sales/table.yaml');
  await shop.write(
    'tables/shop_raw/sales/table.yaml',
    table.replace('Sales lines, typed', 'Sales lines, typed and described anew'),
  );
  const planned = await shop.run('plan', '--out', 'plan.json');
  assert.equal(planned.code, 0, planned.stderr);
  await dropSales('2025-03-06', 1);
  done(await shop.run('load'));
  await shop.write('tables/shop_raw/sales/table.yaml', table.replace('Sales lines, typed', 'Sales lines, meanwhile'));
  done(await shop.run('apply'));
  const stale = await shop.run('apply', '--plan', 'plan.json');
  assert.equal(stale.code, 1);
  assert.match(stale.stdout + stale.stderr, /plan/);

  const fresh = await shop.run('plan', '--out', 'plan.json');
  assert.equal(fresh.code, 0);
  await dropSales('2025-03-07', 1);
  done(await shop.run('load'));
  await shop.write('tables/shop_raw/sales/table.yaml', table);
  const planned2 = await shop.run('plan', '--out', 'plan.json');
  assert.equal(planned2.code, 0);
  await dropSales('2025-03-08', 1);
  done(await shop.run('load'));
  done(await shop.run('apply', '--plan', 'plan.json'));
});

test('a fault in one definition stops no other table', async () => {
  const path = 'tables/shop_raw/products/table.yaml';
  const yaml = await shop.read(path);
  await shop.write(path, yaml.replace('type: int', 'type: integr'));
  await dropSales('2025-03-07', 2);
  const loaded = await shop.run('load');
  assert.equal(loaded.code, 1, loaded.stdout);
  assert.match(loaded.stderr, /warning: pipeline\/tables\/shop_raw\/products\/table\.yaml:\d+:\d+ column-type/);
  assert.match(loaded.stdout, /shop_raw\.products: failed/);
  assert.match(loaded.stdout, /shop_raw\.sales: done, 1 partition/);
  const day = ['--table', 'shop_raw.sales', '--from', '2025-03-07', '--to', '2025-03-07'];
  done(await shop.run('rollback', ...day));
  assert.deepEqual(await query("SELECT count(*) FROM shop_raw.sales WHERE month = '03' AND day = '07'"), [['1']]);
  done(await shop.run('rollback', '--release', '--table', 'shop_raw.sales'));
  done(await shop.run('status'));
  done(await shop.run('gc'));
  assert.equal((await shop.run('plan')).code, 1);
  await shop.write(path, yaml);
});

function done(run: Run): void {
  assert.equal(run.code, 0, `${run.stdout}\n${run.stderr}`);
}

async function drop(key: string, body: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: shop.buckets.landing, Key: key, Body: body }));
}

/** Rows with numbers of their own for the day; odd ones buy tea, even ones rice; two units each. */
async function dropSales(day: string, rows: number): Promise<void> {
  const number = (row: number): string => `${day.replaceAll('-', '')}${row}`;
  const lines = Array.from({ length: rows }, (_, row) => `${number(row)},${(row % 2) + 1},2,${day}`);
  await drop(`shop/sales/${day}/sales.csv`, `sale_id,product_id,quantity,sold_on\n${lines.join('\n')}\n`);
}

async function query(sql: string): Promise<(string | null)[][]> {
  const run = await shop.run('query', sql, '--json');
  done(run);
  return (JSON.parse(run.stdout) as { rows: (string | null)[][] }).rows;
}

async function partitions(): Promise<Partition[]> {
  const found: Partition[] = [];
  let NextToken: string | undefined;
  do {
    const page = await glue.send(
      new GetPartitionsCommand({ DatabaseName: `${shop.prefix}shop_raw`, TableName: 'sales', NextToken }),
    );
    found.push(...(page.Partitions ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** Load id by partition. */
async function ledger(): Promise<Record<string, string>> {
  const entries = (await partitions()).map((partition) => {
    const id = partition.Parameters?.['weir.load.id'];
    assert.ok(id);
    return [(partition.Values ?? []).join('/'), id] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function tableExists(database: string, name: string): Promise<boolean> {
  try {
    await glue.send(new GetTableCommand({ DatabaseName: `${shop.prefix}${database}`, Name: name }));
    return true;
  } catch (error) {
    if ((error as Error).name === 'EntityNotFoundException') return false;
    throw error;
  }
}
