import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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

const LAKE = 'pipeline/lake.yaml';
let MANILA = '';

let world: World;
before(async () => {
  world = await makeWorld('2025-03-10T12:00:00Z', (id) => {
    const files = FILES(id);
    MANILA = files[LAKE]!.replace('timezone: UTC', 'timezone: Asia/Manila');
    return { ...files, [FILE]: YAML };
  });
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
  for (const day of ['01', '02', '03', '04', '05']) await drop(`2025-03-${day}`);
  await world.run();
});
after(() => world.close());

const drop = (day: string, over?: (index: number) => string | undefined): Promise<void> =>
  world.drop(`shop/sales/${day}/sales.csv`, salesCsv(day, 3, over));

function run(day: string): Promise<LoadSummary> {
  const now = Date.parse(day.includes('T') ? day : `${day}T12:00:00Z`);
  const context = { ...world.context(), now: () => now };
  world.said.length = 0;
  return runBackfill(context, openBackfill(world.definitions, 'again', now), 1e12);
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

describe('opened on the day that it is in Manila, which in UTC is still to come', () => {
  const evening = '2025-03-24T20:00:00Z';
  const open = (opened: string): void => world.edit({ [LAKE]: MANILA, [FILE]: YAML.replace('2025-03-20', opened) });

  for (const opened of ['2025-03-25', '2025-03-24T16:00:00Z', '2025-03-25T00:00+08:00']) {
    test(`${opened}: loaded once, then nothing is left`, async () => {
      open(opened);
      await world.drop('shop/sales/2025-03-04/sales.csv', salesCsv('2025-03-04', opened.length));
      await run(evening);
      assert.match(world.said[0]!, /partitions? in \d+ statements?,/);
      const before = await ids();
      await run('2025-03-24T20:01:00Z');
      assert.match(world.said[0]!, /nothing is left; say status: done/);
      assert.deepEqual(await ids(), before);
    });
  }

  for (const [opened, now, begins] of [
    ['2025-03-25', '2025-03-24T15:59:59Z', '2025-03-24T16:00:00.000Z'],
    ['2026-03-24', '2025-03-25T00:00:00Z', '2026-03-23T16:00:00.000Z'],
    ['2025-03-24T20:00+01:00', '2025-03-24T18:59:59Z', '2025-03-24T19:00:00.000Z'],
  ] as const) {
    test(`${opened} is refused at ${now}, before anything is read`, async () => {
      open(opened);
      assert.throws(() => openBackfill(world.definitions, 'again', Date.parse(now)), {
        message: `backfill again is opened on ${opened}, which is still to come (it is ${new Date(now).toISOString()})`,
        cure: `run it from ${begins} on, when that begins in Asia/Manila, or correct the day`,
        where: `${FILE}:6:9`,
      });
    });
  }
});

test('one that is over is not run', () => {
  world.edit({ [FILE]: YAML.replace('status: open', 'status: done') });
  const now = Date.parse('2025-03-23T12:00:00Z');
  assert.throws(() => openBackfill(world.definitions, 'again', now), /backfill again is done/);
  assert.throws(() => openBackfill(world.definitions, 'agian', now), /no backfill is called "agian"/);
});
