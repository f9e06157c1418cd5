import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { BLOWS, type Blow, striking } from '../load/crash.ts';
import { PRODUCTS_CSV, salesCsv } from '../load/shop.ts';
import { makeWorld, type World } from '../load/world.ts';

/**
 * Loads struck at AWS calls against a real endpoint (AWS_ENDPOINT_URL, else the local lake): the process dies, AWS
 * refuses, is busy, or its reply is lost; and the same by the endpoint's own fault switch, below the SDK. A reader polls
 * throughout; the next run must end where an undisturbed one does.
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

/** Corrects the files, lets `strike` run a load, runs another one, and compares what a reader saw and what is there. */
async function holds(name: string, strike: () => Promise<readonly string[]>): Promise<void> {
  const old = expected(version);
  await correct();
  const known = new Set([...old, ...expected(version)]);
  const seen: string[] = [];
  let reading = true;
  const reader = (async () => {
    // The switch of the endpoint may strike the reader's own query: then it asks again.
    while (reading) seen.push(...(await look().catch(() => [])));
  })();
  const log = await strike();
  await world.run({ tables: ['shop_raw.sales'] }, { abandoned: () => true });
  reading = false;
  await reader;
  const told = `${name}\n${log.join('\n')}\n${world.said.join('\n')}`;
  assert.deepEqual(
    [...new Set(seen)].filter((row) => !known.has(row)),
    [],
    told,
  );
  assert.deepEqual(await look(), expected(version), told);
  assert.deepEqual(await world.open.glue.listTables(`${world.prefix}weir_staging`), [], told);
}

test(`${STRIKES} strikes: readers see old or new, and the next run finishes`, async () => {
  await world.run({ tables: ['products'] });
  await correct();
  const { calls } = await struck(new Map());
  assert.deepEqual(await look(), expected(version));
  for (let strike = 0; strike < STRIKES; strike += 1) {
    const blow = BLOWS[strike % BLOWS.length]!;
    const at = 1 + Math.floor((strike * calls) / STRIKES);
    await holds(`${blow} at call ${at}`, async () => (await struck(new Map([[at, blow]]))).log);
  }
});

/** What the endpoint can do to one call: refuse it, be busy, do it and say that it failed, do it or not and hang up. */
const SWITCHED: readonly Readonly<Record<string, unknown>>[] = [
  { error: 'AccessDeniedException', status: 403 },
  { error: 'ThrottlingException', status: 400 },
  { error: 'InternalServiceException', status: 500, execute: true },
  { drop: true },
  { drop: 'before' },
];

async function control(path: string, method = 'GET', body?: unknown): Promise<unknown> {
  const own = await fetch(new URL('/_lake/health', world.open.target)).then((answer) => answer.ok);
  const url = new URL(`/${own ? '_lake' : '_referee'}/${path}`, world.open.target);
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return answer.json().catch(() => undefined);
}

test(`${STRIKES} strikes by the endpoint's own switch`, async (context) => {
  // Which operations an undisturbed load calls, and how often: what is struck is one of them, at one of its times.
  const before = ((await control('log')) as readonly unknown[]).length;
  await correct();
  await world.run({ tables: ['shop_raw.sales'] });
  const log = ((await control('log')) as readonly { service: string; operation: string }[]).slice(before);
  const times = new Map<string, number>();
  const calls = log.map(({ service, operation }) => {
    const after = times.get(`${service} ${operation}`) ?? 0;
    times.set(`${service} ${operation}`, after + 1);
    return { service, operation, after };
  });
  assert.ok(calls.length > 20, `${calls.length} calls`);
  let struckCalls = 0;
  for (let strike = 0; strike < STRIKES; strike += 1) {
    const call = calls[Math.floor((strike * calls.length) / STRIKES)]!;
    const fault = { ...call, ...SWITCHED[strike % SWITCHED.length], times: 1 };
    await holds(JSON.stringify(fault), async () => {
      await control('faults', 'POST', fault);
      await world.run({ tables: ['shop_raw.sales'] }, { abandoned: () => true }).catch(() => undefined);
      const [active] = (await control('faults')) as readonly { struck?: number }[];
      struckCalls += active === undefined || (active.struck ?? 1) > 0 ? 1 : 0;
      await control('faults', 'DELETE');
      return [];
    });
  }
  context.diagnostic(`${calls.length} calls in a load, ${struckCalls} of ${STRIKES} strikes met one`);
  assert.ok(struckCalls > STRIKES / 2, `${struckCalls} strikes`);
});
