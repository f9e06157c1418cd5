import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FILES, PRODUCTS_CSV, SALES_SQL, SALES_YAML, salesCsv } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

/** Checks that compare with what is outside of the rows that are loaded. */

const SALES = 'shop_raw.sales';
const CHECKS = `checks:
  - row_count: { source: shop_landing.sales, min_percent: 100, max_percent: 100 }
  - row_count: { last: 2, min_percent: 50, max_percent: 200 }
  - freshness: { column: sold_on, days: 1 }
  - freshness: { days: 2 }
    severity: warn
`;

let world: World;
before(async () => {
  const yaml = SALES_YAML.slice(0, SALES_YAML.indexOf('checks:')) + CHECKS;
  const path = 'pipeline/tables/shop_raw/sales/table.yaml';
  world = await makeWorld('2025-03-07T12:00:00Z', (id) => ({ ...FILES(id), [path]: yaml }));
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
});
after(() => world.close());

const drop = (day: string, text: string): Promise<void> => world.drop(`shop/sales/${day}/sales.csv`, text);

async function load(): Promise<{ state: string; published: number; told: string }> {
  const { state, published, errors, warnings } = outcomeOf(await world.run({ tables: [SALES] }), SALES);
  return { state, published, told: [...errors.map((each) => each.message), ...warnings].join('\n') };
}

test('days with as many rows as their source, and about as many as the days before', async () => {
  for (const day of ['2025-03-01', '2025-03-02', '2025-03-03']) await drop(day, salesCsv(day, 10));
  const { state, published, told } = await load();
  assert.deepEqual([state, published], ['done', 3], told);
  assert.equal(told, 'check freshness: the newest partition must be at most 2 days old, it is 4 days old');
});

test('a day with far fewer rows, one of old rows, one that loses rows', async () => {
  await drop('2025-03-04', salesCsv('2025-03-04', 4));
  await drop(
    '2025-03-05',
    salesCsv('2025-03-05', 10, (index) => `${index},1,1,2025-03-01`),
  );
  let { state, published, told } = await load();
  assert.deepEqual([state, published], ['failed', 0], told);
  assert.match(told, /row_count_last in 2025-03-04: .* 50 to 200 percent of the average of the last 2, there are 4/);
  assert.match(told, /freshness_sold_on in 2025-03-05: the newest sold_on must be at most 1 day old, it is 4 days old/);
  await drop('2025-03-04', salesCsv('2025-03-04', 8));
  await drop('2025-03-05', salesCsv('2025-03-05', 8));
  world.edit({ 'pipeline/tables/shop_raw/sales/load.sql': `${SALES_SQL.trimEnd()}\n  AND product_id <> '2'\n` });
  ({ state, published, told } = await load());
  assert.deepEqual([state, published], ['failed', 0], told);
  assert.match(
    told,
    /row_count_source in 2025-03-04: .* 100 to 100 percent of the rows of shop_landing.sales, there are 5/,
  );
  world.edit({ 'pipeline/tables/shop_raw/sales/load.sql': SALES_SQL });
  ({ state, published, told } = await load());
  assert.deepEqual([state, published, told], ['done', 2, '']);
});
