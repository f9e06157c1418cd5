import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { BLOWS, type Blow, striking } from '../load/crash.ts';
import { PRODUCTS_CSV, salesCsv } from '../load/shop.ts';
import { makeWorld, type World } from '../load/world.ts';

/**
 * Loads struck at AWS calls against a real endpoint (AWS_ENDPOINT_URL, else the local lake): the process dies, AWS
 * refuses, is busy, or its reply is lost. A reader polls throughout; the next run must end where an undisturbed one does.
 */

const STRIKES = Number(process.env.WEIR_STRIKES ?? 40);
const DAYS = ['2025-03-20', '2025-03-21', '2025-03-22'] as const;

let world: World;
let version = 0;
before(async () => {
  world = await makeWorld();
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
});
after(() => world.close());

/** Every day gets another number of rows, all with the version as their quantity, so that a mix is seen. */
async function correct(): Promise<void> {
  version += 1;
  const quantity = (version % 90) + 1;
  for (const [index, day] of DAYS.entries()) {
    const base = Number(day.replaceAll('-', '')) * 1000;
    const rows = (version % 3) + index + 1;
    await world.drop(
      `shop/sales/${day}/sales.csv`,
      salesCsv(day, rows, (row) => `${base + row},1,${quantity},${day}`),
    );
  }
}

const QUERY = 'SELECT day, count(*), min(quantity), max(quantity) FROM shop_raw.sales GROUP BY day ORDER BY day';
const look = async (): Promise<string[]> => (await world.rows(QUERY)).map((row) => row.join(' '));
const expected = (of: number): string[] =>
  DAYS.map((day, index) => `${day.slice(8)} ${(of % 3) + index + 1} ${(of % 90) + 1} ${(of % 90) + 1}`);

async function struck(blows: ReadonlyMap<number, Blow>): Promise<{ calls: number; log: readonly string[] }> {
  const around = striking(world.open, blows);
  const over: Partial<LoadContext> = { ...around.ports, abandoned: () => true };
  await world.run({ tables: ['shop_raw.sales'] }, over).catch(() => undefined);
  return { calls: around.calls(), log: around.log };
}

test(`${STRIKES} strikes: readers see old or new, and the next run finishes`, async () => {
  await world.run({ tables: ['products'] });
  await correct();
  const { calls } = await struck(new Map());
  assert.deepEqual(await look(), expected(version));
  for (let strike = 0; strike < STRIKES; strike += 1) {
    const blow = BLOWS[strike % BLOWS.length]!;
    const at = 1 + Math.floor((strike * calls) / STRIKES);
    const old = expected(version);
    await correct();
    const known = new Set([...old, ...expected(version)]);
    const seen: string[] = [];
    let reading = true;
    const reader = (async () => {
      while (reading) seen.push(...(await look()));
    })();
    const { log } = await struck(new Map([[at, blow]]));
    await world.run({ tables: ['shop_raw.sales'] }, { abandoned: () => true });
    reading = false;
    await reader;
    const told = `${blow} at call ${at}\n${log.join('\n')}\n${world.said.join('\n')}`;
    assert.deepEqual(
      [...new Set(seen)].filter((row) => !known.has(row)),
      [],
      told,
    );
    assert.deepEqual(await look(), expected(version), told);
    assert.deepEqual(await world.open.glue.listTables(`${world.prefix}weir_staging`), [], told);
  }
});
