import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { applyLake } from '../../scripts/commands/apply/apply.ts';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { acquireLease, type Lease } from '../../scripts/commands/load/lease.ts';
import { isLoaded, type LoadedTable } from '../../scripts/core/load/index.ts';
import type { ApplyResult } from '../../scripts/core/plan/outcome.ts';
import { FILES } from './shop.ts';
import { makeWorld, type World } from './world.ts';

/** While apply alters a table no load of it runs, and the other way round. */

let world: World;
let now = Date.parse('2025-03-24T00:00:00Z');
before(async () => {
  world = await makeWorld();
});
after(() => world.close());

const taken: string[] = [];
/** The load that lives beside the apply. */
let beside: Lease | undefined;

function acquire(table: LoadedTable): Promise<Lease> {
  taken.push(`${table.database}.${table.name}`);
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
    await beside?.hold();
  };
  const holder = { run: 'an apply', host: 'here', pid: 2 };
  return acquireLease({ ...world.context(), now: () => now++, sleep, holder }, table, 'apply');
}

async function apply(): Promise<ApplyResult> {
  taken.length = 0;
  const { definitions, open } = world;
  const request = { definitions, environment: open.environment, today: '2025-03-24', only: [], reviewed: undefined };
  return applyLake(request, open, () => undefined, undefined, acquire);
}

/** A lease that is free is not waited for; its renewal is half a minute away. */
const renewsOnly: LoadContext['sleep'] = (ms, signal) =>
  new Promise((resolve) => {
    assert.ok(ms >= 30_000, 'waits');
    signal?.addEventListener('abort', () => resolve());
  });

test('apply waits for a load, and says which table it could not have', async () => {
  const sales = world.definitions.tables.find((table) => table.name === 'sales' && table.load !== undefined)!;
  assert.ok(isLoaded(sales));
  const text = FILES('x')['pipeline/tables/shop_raw/sales/table.yaml']!;
  const landing = FILES('x')['pipeline/tables/shop_landing/sales/table.yaml']!;
  const allow = ['shop_raw.sales', 'shop_landing.sales'].map(
    (object) => `- { object: ${object}, change: overwrite_drift, reason: test, expires: "2025-03-31" }\n`,
  );
  world.edit({
    'pipeline/tables/shop_raw/sales/table.yaml': text.replace('Sales, typed', 'Sales'),
    'pipeline/tables/shop_landing/sales/table.yaml': landing.replace('Sales as dropped', 'Sales'),
    'pipeline/allow.yaml': allow.join(''),
  });
  // A load that shows itself again and again is alive all the while.
  const held = await acquireLease({ ...world.context(), now: () => now }, sales);
  beside = held;
  const refused = await apply();
  const failed = refused.outcomes.find((outcome) => outcome.status === 'failed');
  assert.ok(failed?.status === 'failed');
  assert.equal(failed.object, 'shop_raw.sales');
  assert.match(failed.reason, /shop_raw\.sales is held by another run \(a test\)/);
  assert.match(failed.cure, /run the apply again/);

  beside = undefined;
  await held.release();
  const applied = await apply();
  assert.equal(
    applied.ok,
    true,
    JSON.stringify([applied.refused, applied.outcomes.filter((o) => o.status !== 'done')]),
  );
  assert.deepEqual(taken, ['shop_raw.sales']);
  // It was given back: a load has it at once.
  const next = await acquireLease({ ...world.context(), now: () => now, sleep: renewsOnly }, sales);
  await next.release();
  assert.deepEqual([(await apply()).steps, taken], [[], []]);
});
