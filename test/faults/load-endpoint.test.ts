import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { BLOWS, type Blow, striking } from '../load/crash.ts';
import { PRODUCTS_CSV, salesCsv } from '../load/shop.ts';
import { makeWorld, type World } from '../load/world.ts';

/**
 * Loads struck at AWS calls against a real endpoint (AWS_ENDPOINT_URL, else the local lake): the process dies, AWS
 * refuses, is busy, or its reply is lost; and the same by the endpoint's own fault switch, below the SDK. A reader polls
 * throughout; the next run must end where an undisturbed one does. WEIR_STRIKES says how many of each; all is the whole
 * matrix: every blow at every call.
 */

const ALL = process.env.WEIR_STRIKES === 'all';
const STRIKES = ALL ? 'all' : Number(process.env.WEIR_STRIKES ?? 40);
const DAYS = ['2025-03-20', '2025-03-21', '2025-03-22'] as const;

let world: World;
let version = 0;
before(async () => {
  world = await makeWorld();
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
  await world.run({ tables: ['products'] });
  await correct();
  await world.run({ tables: ['shop_raw.sales'] });
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

/** Every kind of blow at every call, or so many, spread over the calls, of each kind. */
function strikesOf<C, K>(calls: readonly C[], kinds: readonly K[]): readonly (readonly [call: C, kind: K])[] {
  if (STRIKES === 'all') return calls.flatMap((call) => kinds.map((kind) => [call, kind] as const));
  return Array.from({ length: STRIKES }, (_, strike) => {
    const at = Math.floor((strike * calls.length) / STRIKES);
    return [calls[at]!, kinds[strike % kinds.length]!] as const;
  });
}

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

test(`${STRIKES} strikes: readers see old or new, and the next run finishes`, async (context) => {
  await correct();
  const { calls } = await struck(new Map());
  assert.deepEqual(await look(), expected(version));
  const strikes = strikesOf(
    Array.from({ length: calls }, (_, at) => at + 1),
    BLOWS,
  );
  for (const [at, blow] of strikes) {
    await holds(`${blow} at call ${at}`, async () => (await struck(new Map([[at, blow]]))).log);
  }
  context.diagnostic(`${strikes.length} strikes at the ${calls} calls of a load`);
  assert.ok(strikes.length >= (ALL ? 20 * BLOWS.length : 1));
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
  const lake = await fetch(new URL('/_lake/health', world.open.target)).then((answer) => answer.ok);
  const url = new URL(`/${lake ? '_lake' : '_referee'}/${path}`, world.open.target);
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return answer.json().catch(() => undefined);
}

/** A call of a load: the n-th of its operation, of those that ask for one of its statements, or that are about its lease. */
interface Call {
  readonly service: string;
  readonly operation: string;
  readonly statement: number | undefined;
  readonly lease: boolean;
  readonly after: number;
}

const LEASE = 'lease\\.json';

/** The ids of a load's statements, in the order in which it starts them; `started` is told each before the load is. */
async function loading(started: (statement: number, id: string) => Promise<unknown>): Promise<readonly string[]> {
  const ids: string[] = [];
  const { athena } = world.open;
  const start: typeof athena.start = async (query) => {
    const id = await athena.start(query);
    await started(ids.push(id) - 1, id);
    return id;
  };
  const over: Partial<LoadContext> = { athena: { ...athena, start }, abandoned: () => true };
  await world.run({ tables: ['shop_raw.sales'] }, over).catch(() => undefined);
  return ids;
}

/** Every call of an undisturbed load; those of nobody else have its names in them. */
async function callsOfLoad(): Promise<readonly Call[]> {
  const log = async () => (await control('log?requests')) as readonly Logged[];
  // After a load that went well: one that did not leaves something to take away.
  await correct();
  await world.run({ tables: ['shop_raw.sales'] });
  await correct();
  const before = (await log()).length;
  const ids = await loading(async () => undefined);
  const served = (await log()).slice(before);
  assert.deepEqual(await look(), expected(version));
  const times = new Map<string, number>();
  const calls = served.flatMap(({ service, operation, request }): readonly Call[] => {
    const asked = ids.findIndex((id) => request.includes(id));
    const statement = asked < 0 ? undefined : asked;
    const isNameless = operation === NAMELESS && !times.has(`${service} ${NAMELESS} undefined false`);
    if (statement === undefined && !isNameless && !request.includes(own())) return [];
    const lease = new RegExp(LEASE).test(request);
    const key = `${service} ${operation} ${statement} ${lease}`;
    const after = times.get(key) ?? 0;
    times.set(key, after + 1);
    return [{ service, operation, statement, lease, after }];
  });
  // Whether a statement has ended is asked until it has: the third time is as the second.
  return calls.filter(({ operation, after }) => operation !== 'GetQueryExecution' || after < 2);
}

/** The one call that names nothing, once a load; the reader does not make it. */
const NAMELESS = 'GetDatabases';

interface Logged {
  readonly service: string;
  readonly operation: string;
  readonly request: string;
}

/** What every name of this world has in it, its databases and its buckets. */
const own = (): string => world.prefix.slice(0, -1);

/** Strikes one call of a load, never one of the reader: its statements are in another workgroup. True if it was met. */
async function strikeOne({ statement, lease, ...call }: Call, blow: (typeof SWITCHED)[number]): Promise<boolean> {
  const post = (...parts: readonly string[]): Promise<unknown> =>
    control('faults', 'POST', { ...call, ...blow, times: 1, match: `^${parts.join('')}` });
  const holding = (text: string): string => `(?=.*${text})`;
  const { load } = world.open.environment.workgroups;
  if (call.operation === NAMELESS) await post();
  else if (call.operation === 'StartQueryExecution') await post(holding(load), holding(own()));
  else if (statement === undefined) await post(holding(own()), lease ? holding(LEASE) : `(?!.*${LEASE})`);
  await loading(async (index, id) => (index === statement ? post(holding(id)) : undefined));
  const [active] = (await control('faults')) as readonly { struck?: number; hits?: number }[];
  await control('faults', 'DELETE');
  return (active?.struck ?? active?.hits ?? 0) > 0;
}

describe("by the endpoint's own switch", () => {
  test(`${STRIKES} strikes`, async (context) => {
    const calls = await callsOfLoad();
    assert.ok(calls.length > 25, `${calls.length} calls`);
    const strikes = strikesOf(calls, SWITCHED);
    const missed: Call[] = [];
    for (const [call, blow] of strikes) {
      await holds(JSON.stringify({ ...call, ...blow }), async () => {
        if (!(await strikeOne(call, blow))) missed.push(call);
        return [];
      });
    }
    context.diagnostic(`${strikes.length} strikes at the ${calls.length} calls of a load, ${missed.length} not met`);
    // How often a load asks whether a statement has ended, and renews its lease, is a matter of time.
    const timed = ({ operation, lease, after }: Call): boolean =>
      (operation === 'GetQueryExecution' || lease) && after > 0;
    assert.deepEqual(
      missed.filter((call) => !timed(call)),
      [],
    );
  });
});
