import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CatalogPartition } from '../../scripts/core/model/catalog.ts';
import { addDays } from '../../scripts/core/partition/index.ts';
import { FILES, PRODUCTS_CSV, SALES_SQL, SALES_YAML, salesCsv } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

const SALES = 'shop_raw.sales';
const DAILY = 'shop_raw.daily';
const PRODUCTS = 'shop_raw.products';
const YAML = 'pipeline/tables/shop_raw/sales/table.yaml';
const SQL = 'pipeline/tables/shop_raw/sales/load.sql';

let world: World;
before(async () => {
  world = await makeWorld();
});
after(() => world.close());

const dropDay = (day: string, rows: number, over?: Parameters<typeof salesCsv>[2]): Promise<void> =>
  world.drop(`shop/sales/${day}/sales.csv`, salesCsv(day, rows, over));

/** Which load each partition is from, by its day. */
async function loads(table = 'sales'): Promise<Record<string, string>> {
  const entries = await world.partitions(table);
  return Object.fromEntries(entries.map((entry) => [entry.values.join('-'), param(entry, 'id')]).toSorted());
}

const param = (entry: CatalogPartition, name: string): string => entry.parameters[`weir.load.${name}`] ?? '';
const changed = (a: Record<string, string>, b: Record<string, string>): string[] =>
  Object.keys({ ...a, ...b }).filter((day) => a[day] !== b[day]);
const counts = (): Promise<readonly (readonly (string | null)[])[]> =>
  world.rows('SELECT day, count(*) FROM shop_raw.sales GROUP BY day ORDER BY day');

test('without landing files: a whole table that was never loaded fails, days are waited for', async () => {
  const summary = await world.run();
  assert.deepEqual(
    summary.tables.map((table) => [table.state, table.queries]),
    [
      ['failed', 0],
      ['nothing', 0],
      ['blocked', 0],
    ],
  );
  assert.match(world.said.join('\n'), /products: failed\n.*no source.*landing bucket, shop\/products\/.*\n.*cure: /);
});

test('the first load takes every day up to yesterday, upstream first', async () => {
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
  for (const day of ['2025-03-20', '2025-03-21', '2025-03-23', '2025-03-24']) await dropDay(day, 6);
  await world.drop('shop/sales/2025-03-23/_hidden.csv', 'not a row');
  const preview = await world.preview();
  assert.deepEqual(
    preview.find((table) => table.table === SALES)?.due.map((unit) => [unit.partition, unit.reason]),
    [
      ['2025-03-20', 'new'],
      ['2025-03-21', 'new'],
      ['2025-03-23', 'new'],
    ],
  );
  const summary = await world.run();
  assert.deepEqual(
    summary.tables.map((table) => [table.table, table.state, table.published]).toSorted(),
    [
      [DAILY, 'done', 3],
      [PRODUCTS, 'done', 1],
      [SALES, 'done', 3],
    ],
    world.said.join('\n'),
  );
  assert.deepEqual(await counts(), [
    ['20', '6'],
    ['21', '6'],
    ['23', '6'],
  ]);
  assert.deepEqual(
    await world.rows("SELECT product_name, units FROM shop_raw.daily WHERE sold_on = DATE '2025-03-23' ORDER BY 1"),
    [
      ['Rice', '7'],
      ['Soap', '4'],
      ['Tea, green', '5'],
    ],
  );
});

test('the ledger traces a partition to its files, its statement and its commit', async () => {
  const entry = (await world.partitions('sales')).find((each) => each.values[2] === '23')!;
  const [source, ...more] = JSON.parse(param(entry, 'sources'));
  assert.equal(more.length, 0);
  assert.match(source.key, /^s3:\/\/.*\/shop\/sales\/2025-03-23\/sales\.csv$/);
  assert.equal(source.size, salesCsv('2025-03-23', 6).length);
  assert.equal(param(entry, 'rows'), '6');
  assert.ok(Number(param(entry, 'bytes')) > 0);
  assert.equal(param(entry, 'commit'), 'c0ffee');
  assert.match(param(entry, 'query'), /^[0-9a-f-]{36}$/);
  const bucket = world.open.environment.buckets.raw!;
  const folder = `s3://${bucket}/shop/sales/load-${param(entry, 'id')}/year=2025/month=03/day=23/`;
  assert.equal(entry.storage.location.replace(/\/?$/, '/'), folder);
  const daily = (await world.partitions('daily')).find((each) => each.values[0] === '2025-03-23')!;
  const upstream = JSON.parse(param(daily, 'upstream')).map((load: { table: string; load: string }) => [
    load.table,
    load.load,
  ]);
  assert.ok(upstream.some(([table, id]: [string, string]) => table === SALES && id === param(entry, 'id')));
  assert.ok(upstream.some(([table]: [string]) => table === PRODUCTS));
});

test('nothing is left in the staging database', async () => {
  assert.deepEqual(await world.open.glue.listTables(`${world.open.environment.prefix}weir_staging`), []);
});

test('a second run does nothing', async () => {
  const before = [await loads(), await loads('daily')];
  const summary = await world.run();
  assert.equal(summary.queries, 0);
  assert.ok(summary.tables.every((table) => table.state === 'nothing'));
  assert.deepEqual([await loads(), await loads('daily')], before);
});

test('a corrected file reloads just its day, and what was made of it', async () => {
  const before = [await loads(), await loads('daily')] as const;
  await dropDay('2025-03-21', 7);
  const summary = await world.run();
  assert.deepEqual(changed(before[0], await loads()), ['2025-03-21']);
  assert.deepEqual(changed(before[1], await loads('daily')), ['2025-03-21']);
  assert.equal(outcomeOf(summary, PRODUCTS).state, 'nothing');
  assert.deepEqual((await counts())[1], ['21', '7']);
});

test('a late file of a missed day is caught up', async () => {
  const before = await loads();
  await dropDay('2025-03-22', 6);
  await world.run();
  assert.deepEqual(changed(before, await loads()), ['2025-03-22']);
});

test('comments and formatting in load.sql change nothing', async () => {
  world.edit({ [SQL]: `-- only words\n${SALES_SQL.toLowerCase().replaceAll("'%y'", "'%Y'").replaceAll('\n', ' ')}` });
  const [preview] = (await world.preview()).filter((table) => table.table === SALES);
  assert.deepEqual([preview?.due, preview?.stale, preview?.loaded], [[], [], 4]);
});

test('a changed load.sql is stale and not due; --from --to reloads it', async () => {
  world.edit({ [SQL]: SALES_SQL.replace('TRY_CAST(quantity AS integer) AS', 'TRY_CAST(quantity AS integer) + 1 AS') });
  const before = await loads();
  const summary = await world.run();
  assert.deepEqual([outcomeOf(summary, SALES).stale, summary.queries], [4, 0]);
  assert.deepEqual(await loads(), before);
  await world.run({ tables: [SALES], from: '2025-03-20', to: '2025-03-21' });
  assert.deepEqual(changed(before, await loads()), ['2025-03-20', '2025-03-21']);
  const [preview] = (await world.preview()).filter((table) => table.table === SALES);
  assert.deepEqual(preview?.stale, ['2025-03-22', '2025-03-23']);
  world.edit({ [SQL]: SALES_SQL });
  await world.run({ tables: ['sales'], from: '2025-03-20' });
  assert.deepEqual((await world.preview()).find((table) => table.table === SALES)?.stale, []);
});

test('days asked for that have no source are named', async () => {
  const outcome = outcomeOf(await world.run({ tables: [SALES], from: '2025-01-01', to: '2025-01-02' }), SALES);
  assert.equal(outcome.state, 'failed');
  assert.match(
    outcome.errors[0]!.message,
    /no source for 2025-01-01, 2025-01-02: nothing in shop_landing\.sales \(landing bucket, shop\/sales\/\)/,
  );
  const some = outcomeOf(await world.run({ tables: [SALES], from: '2025-03-19', to: '2025-03-20' }), SALES);
  assert.deepEqual([some.state, some.published], ['done', 1]);
  assert.match(some.warnings[0]!, /no source for 2025-03-19:/);
});

test('a file without rows is an empty partition, recorded once', async () => {
  await dropDay('2025-03-19', 0);
  const summary = await world.run({ tables: [SALES] });
  assert.deepEqual([outcomeOf(summary, SALES).published, outcomeOf(summary, SALES).rows], [1, 0]);
  assert.match(outcomeOf(summary, SALES).warnings.join(), /row_count in 2025-03-19/);
  const entry = (await world.partitions('sales')).find((each) => each.values[2] === '19')!;
  assert.equal(param(entry, 'rows'), '0');
  assert.equal((await world.run({ tables: [SALES] })).queries, 0);
  assert.deepEqual(await world.rows("SELECT count(*) FROM shop_raw.sales WHERE day = '19'"), [['0']]);
});

test('a failed check publishes nothing of its day, says what it saw, and blocks what reads it', async () => {
  const before = [await loads(), await loads('daily')];
  await dropDay('2025-03-18', 3, (index) => (index === 1 ? '20250318001,2,500,2025-03-18' : undefined));
  const summary = await world.run();
  const [error] = outcomeOf(summary, SALES).errors;
  assert.match(
    error!.message,
    /range_quantity in 2025-03-18: quantity must be from 1 to 100, 1 row breaks it, for instance "500"/,
  );
  assert.deepEqual([outcomeOf(summary, SALES).state, outcomeOf(summary, DAILY).state], ['failed', 'blocked']);
  assert.deepEqual([await loads(), await loads('daily')], before);
});

test('every kind of check finds its rows', async () => {
  await dropDay('2025-03-18', 4, (index) =>
    ['20250318000,1,1,2025-03-18', '20250318000,9,1,2025-03-18', 'x7,1,1,2025-03-18', '-5,,1,2025-13-45'].at(index),
  );
  const summary = await world.run({ tables: [SALES] });
  const text = outcomeOf(summary, SALES)
    .errors.map((each) => each.message)
    .join('\n');
  assert.match(
    text,
    /not_null_sale_id_product_id_sold_on.*2 rows break it.*sale_id from "x7".*product_id from "".*sold_on from "2025-13-45"/,
  );
  assert.match(text, /unique_sale_id.*1 row breaks it, for instance "20250318000"/);
  assert.match(text, /relationships_product_id.*1 row breaks it, for instance "9"/);
  assert.match(text, /accepted_values_product_id.*1 row breaks it, for instance "9"/);
  assert.match(text, /regex_sale_id.*1 row breaks it, for instance "-5"/);
  await dropDay('2025-03-18', 2, () => '7,1,1,2025-03-18');
  const again = outcomeOf(await world.run({ tables: [SALES] }), SALES)
    .errors.map((each) => each.message)
    .join('\n');
  assert.match(again, /unique_product_id_sale_id in 2025-03-18.*1 row breaks it, for instance "1, 7"/);
});

test('a file with another header or ragged lines is refused by name before anything is read', async () => {
  await world.drop('shop/sales/2025-03-18/sales.csv', 'sale_id,quantity,product_id,sold_on\n1,2,3,2025-03-18\n');
  const header = outcomeOf(await world.run({ tables: [SALES] }), SALES);
  assert.match(
    header.errors[0]!.message,
    /2025-03-18\/sales\.csv:1 .*the header is sale_id,quantity,product_id,sold_on; the columns are sale_id,product_id,quantity,sold_on/,
  );
  await world.drop('shop/sales/2025-03-18/sales.csv', 'sale_id,product_id,quantity,sold_on\n1,2,3,2025-03-18\n1,2,3\n');
  const ragged = outcomeOf(await world.run({ tables: [SALES] }), SALES);
  assert.match(ragged.errors[0]!.message, /sales\.csv:3 .*the line has 3 fields, the table has 4 columns/);
  assert.equal(ragged.queries + header.queries, 0);
  // The days whose files are as they should be are loaded all the same.
  await dropDay('2025-03-17', 2);
  const mixed = outcomeOf(await world.run({ tables: [SALES], from: '2025-03-17', to: '2025-03-19' }), SALES);
  assert.deepEqual([mixed.state, mixed.published, mixed.rows, mixed.errors.length], ['failed', 2, 2, 1]);
  await dropDay('2025-03-18', 1);
  assert.equal(outcomeOf(await world.run(), SALES).state, 'done');
});

test('a type that is not the declared one is refused before it is published', async () => {
  world.edit({ [SQL]: SALES_SQL.replace('quantity AS integer', 'quantity AS bigint') });
  const before = await loads();
  const failed = outcomeOf(await world.run({ tables: [SALES], from: '2025-03-18', to: '2025-03-18' }), SALES);
  assert.match(failed.errors[0]!.message, /column quantity is bigint in the load, int in the table/);
  assert.match(failed.errors[0]!.cure!, /CAST\(\.\.\. AS integer\) AS quantity/);
  world.edit({
    [SQL]: SALES_SQL.replace(
      'landing_day BETWEEN :from AND :to',
      "landing_day >= :from - INTERVAL '1' DAY AND landing_day <= :to",
    ),
  });
  const strange = outcomeOf(await world.run({ tables: [SALES], from: '2025-03-19', to: '2025-03-19' }), SALES);
  assert.match(
    strange.errors[0]!.message,
    /1 row of partition 2025-03-18, which is not among the days 2025-03-19 to 2025-03-19/,
  );
  world.edit({ [SQL]: SALES_SQL.replace('TRY_CAST(quantity', 'TRY_CAST(quantty') });
  const wrong = outcomeOf(await world.run({ tables: [SALES], from: '2025-03-18', to: '2025-03-18' }), SALES);
  assert.match(wrong.errors[0]!.message, /quantty/);
  assert.match(wrong.errors[0]!.where!, /load\.sql:4/);
  world.edit({ [SQL]: SALES_SQL });
  assert.deepEqual(await loads(), before);
});

test('a table that is replaced as a whole changes over in one step', async () => {
  await world.drop('shop/products/products.csv', `${PRODUCTS_CSV}4,Salt\n`);
  const summary = await world.run({ tables: [PRODUCTS] });
  assert.deepEqual([outcomeOf(summary, PRODUCTS).published, outcomeOf(summary, PRODUCTS).rows], [1, 4]);
  assert.deepEqual(await world.rows('SELECT count(*) FROM shop_raw.products'), [['4']]);
  await world.drop('shop/products/products.csv', `${PRODUCTS_CSV}3,Salt\n`);
  assert.equal(outcomeOf(await world.run({ tables: [PRODUCTS] }), PRODUCTS).state, 'failed');
  assert.deepEqual(await world.rows('SELECT count(*) FROM shop_raw.products'), [['4']]);
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
  assert.equal(outcomeOf(await world.run({ tables: [PRODUCTS] }), PRODUCTS).state, 'done');
  const table = await world.open.glue.getTable(`${world.open.environment.prefix}shop_raw`, 'products');
  assert.equal(JSON.parse(table!.parameters['weir.load.previous']!).length, 2);
});

test('readers see the old rows or the new ones, never a mix and never nothing', async () => {
  const answers: string[] = [];
  let reading = true;
  const reader = (async () => {
    while (reading) {
      const [row] = await world.rows(
        "SELECT count(*), min(quantity), max(quantity) FROM shop_raw.sales WHERE day = '23'",
      );
      answers.push(row!.join(' '));
    }
  })();
  const before = (
    await world.rows("SELECT count(*), min(quantity), max(quantity) FROM shop_raw.sales WHERE day = '23'")
  )[0]!;
  await dropDay('2025-03-23', 9, (index) => `${20250323000 + index},1,77,2025-03-23`);
  await world.run({ tables: [SALES] });
  reading = false;
  await reader;
  assert.deepEqual(
    [...new Set(answers)].filter((answer) => answer !== before.join(' ') && answer !== '9 77 77'),
    [],
  );
  assert.deepEqual(await world.rows("SELECT count(*), min(quantity) FROM shop_raw.sales WHERE day = '23'"), [
    ['9', '77'],
  ]);
});

test('a backfill over more than a hundred days is two statements', async () => {
  world.edit({ [YAML]: SALES_YAML.replace('relationships: { column', 'relationships: { column') });
  const days = Array.from({ length: 122 }, (_, index) => addDays('2024-09-01', index));
  await Promise.all(days.map((day) => dropDay(day, 2)));
  const previews = await world.preview({ tables: [SALES], from: '2024-09-01', to: '2024-12-31' });
  assert.deepEqual([previews[0]?.due.length, previews[0]?.statements], [122, 2]);
  const outcome = outcomeOf(await world.run({ tables: [SALES], from: '2024-09-01', to: '2024-12-31' }), SALES);
  assert.deepEqual([outcome.state, outcome.published, outcome.loads.length, outcome.rows], ['done', 122, 2, 244]);
  assert.deepEqual(
    await world.rows("SELECT count(*), count(DISTINCT month || day) FROM shop_raw.sales WHERE year = '2024'"),
    [['244', '122']],
  );
});

test('a byte cap leaves the rest for the next run', async () => {
  const size = salesCsv('2024-09-01', 2).length;
  const capped = { tables: [SALES], from: '2024-09-01', to: '2024-09-05', maxBytes: size * 2 + 1 };
  const outcome = outcomeOf(await world.run(capped), SALES);
  assert.deepEqual([outcome.published, outcome.deferred], [2, 3]);
});

test('a signal stops the statement in Athena and publishes nothing', async () => {
  await dropDay('2025-03-22', 8);
  const before = await loads();
  const abort = new AbortController();
  const started: string[] = [];
  const athena = {
    ...world.open.athena,
    start: async (query: Parameters<typeof world.open.athena.start>[0]) => {
      const id = await world.open.athena.start(query);
      started.push(id);
      abort.abort(new Error('stopped by a signal'));
      return id;
    },
  };
  await assert.rejects(world.run({ tables: [SALES] }, { signal: abort.signal, athena }), /stopped by a signal/);
  assert.equal(started.length, 1);
  assert.deepEqual(await loads(), before);
  assert.notEqual((await world.open.athena.wait(started[0]!)).state, undefined);
  assert.equal(outcomeOf(await world.run({ tables: [SALES] }), SALES).state, 'done');
  assert.deepEqual(changed(before, await loads()), ['2025-03-22']);
});

test('folders of a landing table without projection are registered as they come', async () => {
  const landing = 'pipeline/tables/shop_landing/sales/table.yaml';
  const plain = await makeWorld('2025-03-24T00:00:00Z', (id) => {
    const files = FILES(id);
    return { ...files, [landing]: files[landing]!.replace(/projection:[\s\S]*$/, '') };
  });
  try {
    await plain.drop('shop/products/products.csv', PRODUCTS_CSV);
    for (const day of ['2025-03-22', '2025-03-23']) {
      await plain.drop(`shop/sales/landing_day=${day}/sales.csv`, salesCsv(day, 2));
    }
    const outcome = outcomeOf(await plain.run({ tables: ['products', 'sales'] }), SALES);
    assert.deepEqual([outcome.published, outcome.rows], [2, 4], plain.said.join('\n'));
    const { environment, glue } = plain.open;
    const registered = await glue.listPartitions(`${environment.prefix}shop_landing`, 'sales');
    assert.deepEqual(registered.map((entry) => entry.values).toSorted(), [['2025-03-22'], ['2025-03-23']]);
    // Hive reads both folders as the same day, Athena just the one that is registered.
    await plain.drop('shop/sales/landing_day=2025-03-2%33/late.csv', salesCsv('2025-03-23', 1));
    const refused = outcomeOf(await plain.run({ tables: ['sales'] }), SALES);
    assert.equal(refused.state, 'failed');
    assert.match(refused.errors[0]!.message, /1 file of partition 2025-03-23 .* would not be read.*2%33\/late\.csv$/);
    assert.deepEqual(await plain.rows('SELECT count(*) FROM shop_raw.sales'), [['4']]);
  } finally {
    await plain.close();
  }
});
