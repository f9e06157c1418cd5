import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBackfill, runBackfill } from '../../scripts/commands/load/backfill.ts';
import type { LoadSummary } from '../../scripts/commands/load/report.ts';
import { FILES, PRODUCTS_CSV, salesCsv } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

/** A backfill by a reviewed file: what it leaves alone, and that it goes on with what failed. */

const SALES = 'shop_raw.sales';
const FILE = 'pipeline/backfills/again.yaml';
const YAML = `tables: [shop_raw.sales, shop_raw.products]
from: "2025-03-01"
to: "2025-03-05"
except: ["2025-03-02", "2025-03-05..2025-03-06"]
reason: quantities were doubled
opened: "2025-03-20"
status: open
`;

let world: World;
before(async () => {
  world = await makeWorld('2025-03-10T12:00:00Z', (id) => ({ ...FILES(id), [FILE]: YAML }));
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
  for (const day of ['01', '02', '03', '04', '05']) await drop(`2025-03-${day}`);
  await world.run();
});
after(() => world.close());

const drop = (day: string, over?: (index: number) => string | undefined): Promise<void> =>
  world.drop(`shop/sales/${day}/sales.csv`, salesCsv(day, 3, over));

function run(day: string): Promise<LoadSummary> {
  const context = { ...world.context(), now: () => Date.parse(`${day}T12:00:00Z`) };
  world.said.length = 0;
  return runBackfill(context, openBackfill(world.definitions, 'again'), 1e12);
}

const ids = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await world.partitions('sales')).map((each) => [each.values[2]!, each.parameters['weir.load.id']!]),
  );

test('loads its days but those that are left out, says the cost first, and is done once', async () => {
  const first = await ids();
  await drop('2025-03-03', (index) => (index === 1 ? 'x,1,1,2025-03-03' : undefined));
  const struck = await run('2025-03-21');
  assert.match(
    world.said.join('\n'),
    /^backfill again \(quantities were doubled\): 4 partitions in 2 statements, .* to read, about \$0\.00010\n/,
  );
  assert.equal(outcomeOf(struck, SALES).state, 'failed');
  const second = await ids();
  const changed = (from: Record<string, string>, to: Record<string, string>): string[] =>
    Object.keys(to).filter((day) => to[day] !== from[day]);
  assert.deepEqual(changed(first, second), ['01', '04']);

  await drop('2025-03-03');
  const resumed = await run('2025-03-22');
  assert.deepEqual(changed(second, await ids()), ['03']);
  assert.deepEqual(
    resumed.tables.map((each) => [each.table, each.published]),
    [
      ['shop_raw.products', 0],
      [SALES, 1],
    ],
  );
  await run('2025-03-23');
  assert.match(world.said[0]!, /nothing is left; say status: done/);
  world.edit({ [FILE]: YAML.replace('"2025-03-20"', '"2025-03-22"') });
  await run('2025-03-23');
  assert.match(world.said[0]!, /3 partitions in 2 statements/);
});

test('one that is over is not run', () => {
  world.edit({ [FILE]: YAML.replace('status: open', 'status: done') });
  assert.throws(() => openBackfill(world.definitions, 'again'), /backfill again is done/);
  assert.throws(() => openBackfill(world.definitions, 'agian'), /no backfill is called "agian"/);
});
