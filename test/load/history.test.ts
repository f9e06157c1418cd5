import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readActual } from '../../scripts/commands/actual.ts';
import { applyLake } from '../../scripts/commands/apply/apply.ts';
import { planLake } from '../../scripts/commands/plan.ts';
import type { Definitions } from '../../scripts/core/model/definition.ts';
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

const FAILED =
  'failed checks: unique_sale_id, unique_product_id_sale_id, relationships_product_id, accepted_values_product_id';

test('each partition of a load and each result of a check is a row', async () => {
  await world.drop('shop/sales/2025-03-01/sales.csv', salesCsv('2025-03-01', 4));
  await world.drop(
    'shop/sales/2025-03-02/sales.csv',
    salesCsv('2025-03-02', 3, () => '1,9,1,2025-03-02'),
  );
  assert.equal(outcomeOf(await world.run(), 'shop_raw.sales').state, 'failed');
  const loads = await world.rows(
    `SELECT partition_key, published, row_count, source_count, git_commit, CAST(loaded_at AS date), reason
     FROM weir_history.weir_loads WHERE table_name LIKE '%.sales' AND load_date = DATE '2025-03-07' ORDER BY 1`,
  );
  assert.deepEqual(loads, [
    ['2025/03/01', 'true', '4', '1', 'c0ffee', '2025-03-07', null],
    ['2025/03/02', 'false', '3', '1', 'c0ffee', '2025-03-07', FAILED],
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

test('a load whose statement failed has a row for each partition, with the reason and no number of rows', async () => {
  await world.drop('shop/sales/2025-03-03/sales.csv', salesCsv('2025-03-03', 3));
  await world.drop('shop/sales/2025-03-04/sales.csv', salesCsv('2025-03-04', 3));
  const sql = FILES('x')['pipeline/tables/shop_raw/sales/load.sql']!;
  const path = 'pipeline/tables/shop_raw/sales/load.sql';
  world.edit({ [path]: sql.replace('TRY_CAST(quantity AS integer)', "CAST(concat(quantity, 'x') AS integer)") });
  const outcome = outcomeOf(await world.run({ tables: ['shop_raw.sales'], from: '2025-03-03' }), 'shop_raw.sales');
  assert.equal(outcome.state, 'failed');
  world.edit({ [path]: sql });
  const rows = await world.rows(
    `SELECT partition_key, row_count, byte_count, source_count, query_id <> '', reason
     FROM weir_history.weir_loads WHERE NOT published AND load_date = DATE '2025-03-07' AND row_count IS NULL ORDER BY 1`,
  );
  // Both days together, then each by itself: three loads.
  assert.deepEqual(
    rows.map((row) => row.slice(0, -1)),
    ['2025/03/03', '2025/03/03', '2025/03/04', '2025/03/04'].map((key) => [key, null, '0', '1', 'true']),
  );
  for (const row of rows) assert.match(row.at(-1)!, /^Athena ended the load statement: INVALID_CAST_ARGUMENT/);
});

test('a lake of before gets the column for the reason as one more column', async () => {
  const { definitions, open } = world;
  const environment = { ...open.environment, prefix: `${world.prefix}before_` };
  const tables = definitions.tables.map((table) => ({
    ...table,
    columns: table.columns.filter((column) => column.name !== 'reason'),
  }));
  const request = { environment, today: '2025-03-07', only: ['weir_history'] };
  const apply = (of: Definitions) =>
    applyLake({ ...request, definitions: of, reviewed: undefined }, { ...open, environment }, () => undefined);
  const statements = async (): Promise<readonly string[]> => {
    const read = () => readActual(open.glue, definitions, environment);
    const plan = await planLake({ ...request, definitions, against: 'live', read });
    return plan.steps.flatMap((step) => (step.kind === 'athena' ? [step.sql] : [`glue ${step.object}`]));
  };
  assert.ok((await apply({ ...definitions, tables })).ok);
  const [added, mark, ...more] = await statements();
  assert.match(
    added!,
    /^ALTER TABLE `\w+_weir_history`\.`weir_loads` ADD COLUMNS \(\s+`reason` string COMMENT '[^']*'\s+\)$/,
  );
  assert.match(mark!, /^ALTER TABLE .* SET TBLPROPERTIES \(\s+'weir\.applied' = '\w+'\s+\)$/);
  assert.deepEqual(more, []);
  assert.ok((await apply(definitions)).ok);
  assert.deepEqual(await statements(), []);
});
