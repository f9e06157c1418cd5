import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FILES, PRODUCTS_CSV, salesCsv } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

/** What loads and checks did can be asked with SQL. */

let world: World;
before(async () => {
  world = await makeWorld('2025-03-07T12:00:00Z', (id) => {
    const files = FILES(id);
    const lake = files['pipeline/lake.yaml']!.replace('timezone: UTC\n', 'timezone: UTC\nhistory: { bucket: raw }\n');
    return { ...files, 'pipeline/lake.yaml': lake };
  });
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
});
after(() => world.close());

test('each partition of a load and each result of a check is a row', async () => {
  await world.drop('shop/sales/2025-03-01/sales.csv', salesCsv('2025-03-01', 4));
  await world.drop(
    'shop/sales/2025-03-02/sales.csv',
    salesCsv('2025-03-02', 3, () => '1,9,1,2025-03-02'),
  );
  assert.equal(outcomeOf(await world.run(), 'shop_raw.sales').state, 'failed');
  const loads = await world.rows(
    `SELECT partition_key, published, row_count, source_count, git_commit, CAST(loaded_at AS date)
     FROM weir_history.weir_loads WHERE table_name LIKE '%.sales' AND load_date = DATE '2025-03-07' ORDER BY 1`,
  );
  assert.deepEqual(loads, [
    ['2025/03/01', 'true', '4', '1', 'c0ffee', '2025-03-07'],
    ['2025/03/02', 'false', '3', '1', 'c0ffee', '2025-03-07'],
  ]);
  const checks = await world.rows(
    `SELECT check_name, found_count FROM weir_history.weir_checks
     WHERE NOT passed AND partition_key = '2025/03/02' AND severity = 'error' ORDER BY 1`,
  );
  assert.deepEqual(checks, [
    ['accepted_values_product_id', '3'],
    ['relationships_product_id', '3'],
    ['unique_product_id_sale_id', '2'],
    ['unique_sale_id', '2'],
  ]);
});

test('a load that cannot write it is done all the same, and says so', async () => {
  await world.drop('shop/sales/2025-03-02/sales.csv', salesCsv('2025-03-02', 3));
  const { s3 } = world.open;
  const put: typeof s3.put = async (bucket, key, ...rest) => {
    if (key.startsWith('weir-history/')) throw new Error('no room');
    return s3.put(bucket, key, ...rest);
  };
  const outcome = outcomeOf(await world.run({}, { s3: { ...s3, put } }), 'shop_raw.sales');
  assert.equal(outcome.state, 'done');
  assert.match(outcome.warnings.join(), /history could not be written, the load itself is done: no room/);
});
