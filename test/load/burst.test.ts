import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { parse } from 'yaml';
import { FILES } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

// A burst of objects, each with an event of its own, under the concurrency that .github/workflows/files.yml asks GitHub for:
// one run, one that waits, and of more the newest takes the place of the one that waited.

function files(id: string): Record<string, string> {
  const table = (over: string): string => `description: Orders\nowner: tests\n${over}`;
  return {
    'pipeline/lake.yaml': FILES(id)['pipeline/lake.yaml']!,
    'pipeline/tables/shop_landing/orders/table.yaml': table(`format: csv
csv: { header: 1 }
location: { bucket: landing, path: orders/ }
columns: [{ name: number, type: string, description: Number }, { name: sent_on, type: string, description: Day }]
`),
    'pipeline/tables/shop_raw/orders/table.yaml': table(`format: parquet
location: { bucket: raw, path: orders/ }
columns: [{ name: number, type: int, description: Number }]
partitions: [{ name: sent_on, type: string, date: yyyy-MM-dd, description: Day }]
load: { mode: files }
checks: [{ unique: number }]
`),
    'pipeline/tables/shop_raw/orders/load.sql':
      'SELECT TRY_CAST(number AS integer) AS number, sent_on FROM shop_landing.orders',
    // Not of this mode: no event may load it.
    'pipeline/tables/shop_raw/totals/table.yaml': table(`format: parquet
location: { bucket: raw, path: totals/ }
columns: [{ name: orders, type: bigint, description: Orders }]
load: { mode: replace }
`),
    'pipeline/tables/shop_raw/totals/load.sql': 'SELECT count(*) AS orders FROM shop_raw.orders',
  };
}

interface Group {
  /** What an event asks GitHub for. */
  readonly dispatch: () => void;
  readonly runs: () => number;
  readonly replaced: () => number;
  readonly idle: () => Promise<void>;
}

/** GitHub's concurrency group without `queue`: https://docs.github.com/actions/concepts/workflows-and-actions/concurrency */
function concurrencyGroup(run: () => Promise<void>): Group {
  let runs = 0;
  let replaced = 0;
  let waits = false;
  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    do {
      waits = false;
      runs += 1;
      await run();
    } while (waits);
    working = undefined;
  };
  return {
    dispatch: () => {
      if (working === undefined) working = work();
      else if (waits) replaced += 1;
      else waits = true;
    },
    runs: () => runs,
    replaced: () => replaced,
    idle: async () => working,
  };
}

/** `npm test` takes a short form, test/faults all of it. */
const EVENTS = Number(process.env.WEIR_EVENTS ?? 40);

test(`${EVENTS} objects in a burst: each is loaded once, by few runs, and no event that was replaced is missed`, async () => {
  const workflow = parse(readFileSync('.github/workflows/files.yml', 'utf8')) as { concurrency: object; on: object };
  assert.deepEqual(Object.keys(workflow.concurrency).toSorted(), ['cancel-in-progress', 'group']);
  assert.deepEqual(Object.keys(workflow.on), ['repository_dispatch', 'workflow_dispatch']);
  const world = await makeWorld('2025-03-24T00:00:00Z', files);
  try {
    const group = concurrencyGroup(async () => {
      const { tables } = await world.run({ mode: 'files' });
      assert.deepEqual(
        tables.map((table) => [table.table, table.errors]),
        [['shop_raw.orders', []]],
      );
    });
    for (let at = 0; at < EVENTS; at += 1) {
      await drop(world, at);
      group.dispatch();
      // S3 tells of an object more than once.
      if (at % 7 === 0) group.dispatch();
      if (at % 50 === 0) await wait(20);
    }
    await group.idle();
    const found = await world.rows(
      'SELECT count(*), count(DISTINCT number), count(DISTINCT sent_on) FROM shop_raw.orders',
    );
    assert.deepEqual(found, [[String(EVENTS), String(EVENTS), '28']]);
    assert.ok(group.runs() >= 2 && group.runs() <= 20, `${group.runs()} runs`);
    assert.ok(group.replaced() > EVENTS / 2, `${group.replaced()} events were replaced`);
    const again = outcomeOf(await world.run({ mode: 'files' }), 'shop_raw.orders');
    assert.deepEqual([again.state, again.queries], ['nothing', 0]);
  } finally {
    await world.close();
  }
});

function drop(world: World, at: number): Promise<void> {
  const day = `2025-03-${String(1 + (at % 28)).padStart(2, '0')}`;
  return world.drop(`orders/${at}.csv`, `number,sent_on\n${at},${day}\n`);
}
