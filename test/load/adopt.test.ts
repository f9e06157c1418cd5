import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { adopt } from '../../scripts/commands/load/adopt.ts';
import { rollback } from '../../scripts/commands/rollback.ts';
import { trace } from '../../scripts/commands/trace.ts';
import { PRODUCTS_CSV, salesCsv } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

/** What another program loaded before Weir is taken as it is: nothing of it is loaded again by a schedule. */

const SALES = 'shop_raw.sales';

let world: World;
before(async () => {
  world = await makeWorld('2025-03-10T12:00:00Z');
  const { open, prefix } = world;
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
  for (const day of ['01', '02', '03']) await drop(`2025-03-${day}`, 4);
  const run = async (sql: string): Promise<void> => {
    const id = await open.athena.start({ sql, workgroup: open.environment.workgroups.load });
    const outcome = await open.athena.wait(id);
    assert.equal(outcome.state, 'succeeded', JSON.stringify(outcome));
  };
  await run(`INSERT INTO ${prefix}shop_raw.products VALUES (1, 'Tea'), (2, 'Rice'), (3, 'Soap')`);
  const day = (number: string): string => `(${number}, 1, 1, DATE '2025-03-0${number}', '2025', '03', '0${number}')`;
  await run(`INSERT INTO ${prefix}shop_raw.sales VALUES ${day('1')}, ${day('2')}`);
  await world.open.s3.delete(open.environment.buckets.landing!, ['shop/sales/2025-03-01/sales.csv']);
});
after(() => world.close());

const drop = (day: string, rows: number): Promise<void> =>
  world.drop(`shop/sales/${day}/sales.csv`, salesCsv(day, rows));

const counts = async (): Promise<string[]> =>
  (await world.rows('SELECT day, count(*) FROM shop_raw.sales GROUP BY day ORDER BY 1')).map((row) => row.join(' '));

test('a schedule leaves it alone, and loads what is new', async () => {
  const summary = await world.run();
  assert.equal(outcomeOf(summary, 'shop_raw.products').state, 'nothing');
  assert.deepEqual([outcomeOf(summary, SALES).state, outcomeOf(summary, SALES).published], ['done', 1]);
  assert.deepEqual(await counts(), ['01 1', '02 1', '03 4']);
});

test('adopted, it is traced, noticed when its source changes, and the way back', async () => {
  const shown = await adopt(world.context(), { tables: [SALES, 'shop_raw.products'], dryRun: true });
  const done = await adopt(world.context(), { tables: [SALES, 'shop_raw.products'], dryRun: false });
  assert.deepEqual(shown, done);
  assert.deepEqual(done, [
    { table: 'shop_raw.products', adopted: ['all'], withoutSource: [] },
    { table: SALES, adopted: ['2025-03-02'], withoutSource: ['2025-03-01'] },
  ]);
  await assert.rejects(trace(world.context(), SALES, '2025-03-01'), /2025-03-01 is there, but no load of Weir made it/);
  const [, second] = await world.partitions('sales');
  assert.equal(second!.parameters['weir.load.rows'], '1');
  // Nor does it cause a load of what was made of it.
  assert.deepEqual(
    (await world.run()).tables.map((each) => each.published),
    [0, 0, 0],
  );
  assert.deepEqual(
    (await adopt(world.context(), { tables: [], dryRun: false })).flatMap((each) => each.adopted),
    [],
  );
  await drop('2025-03-02', 6);
  assert.equal(outcomeOf(await world.run(), SALES).published, 1);
  assert.deepEqual(await counts(), ['01 1', '02 6', '03 4']);
  const day = { from: '2025-03-02', to: '2025-03-02', load: undefined, release: false, dryRun: false };
  await rollback(world.context(), { table: SALES, ...day });
  assert.deepEqual(await counts(), ['01 1', '02 1', '03 4']);
});
