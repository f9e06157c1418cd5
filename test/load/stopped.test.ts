import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { FILES, PRODUCTS_CSV, salesCsv } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

// The verb as its own process, which a signal stops while it writes, checks and publishes: its statement is stopped in Athena,
// its temporary table is gone, its lease is given back, and the next run does the rest without waiting for it.

const DAYS = ['2025-03-21', '2025-03-22', '2025-03-23'] as const;
const YAML = 'pipeline/tables/shop_raw/sales/table.yaml';
const SCRIPT = join(import.meta.dirname, '../../scripts/load.ts');
/** Longer than the test may take: who waits for this does not stop. */
const NEVER = 120_000;

let world: World;
let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'weir-stopped-'));
  let files: Record<string, string> = {};
  world = await makeWorld('2025-03-24T00:00:00Z', (id) => {
    const made = FILES(id);
    // A verb judges its definitions, and would refuse a pattern for a number.
    files = { ...made, [YAML]: made[YAML]!.replace(/ {2}- regex:.*\n/, '') };
    return files;
  });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
  await world.run({ tables: ['products'] });
});
after(async () => {
  await world.close();
  await rm(dir, { recursive: true, force: true });
});

const lake = (path: string, method = 'GET', body?: unknown): Promise<Response> =>
  fetch(new URL(`/_lake/${path}`, world.open.target), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

interface Stopped {
  readonly code: number | null;
  readonly output: string;
  /** From the signal to the end of the process. */
  readonly ms: number;
}

/** Runs the load of one day until a fault holds it up, and sends the signal then. */
async function stopAt(fault: object, signal: NodeJS.Signals, day: string): Promise<Stopped> {
  await lake('log', 'DELETE');
  await lake('faults', 'POST', fault);
  const args = [
    '--import',
    import.meta.resolve('tsx'),
    SCRIPT,
    '--table',
    'shop_raw.sales',
    '--from',
    day,
    '--to',
    day,
  ];
  const env = { ...process.env, AWS_ENDPOINT_URL: world.open.target };
  const child = spawn(process.execPath, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  await struck(child, () => output);
  const began = performance.now();
  child.kill(signal);
  const ended = await code;
  await lake('faults', 'DELETE');
  return { code: ended, output, ms: performance.now() - began };
}

async function struck(child: ChildProcess, output: () => string): Promise<void> {
  for (;;) {
    const [fault] = (await (await lake('faults')).json()) as { struck: number }[];
    if (fault !== undefined && fault.struck > 0) return;
    assert.equal(child.exitCode, null, output());
    await wait(10);
  }
}

/** What a run leaves behind, besides what it published. */
async function left(): Promise<unknown> {
  const { environment, glue, s3 } = world.open;
  const key = `weir-control/${world.prefix}shop_raw.sales/lease.json`;
  const lease = JSON.parse(new TextDecoder().decode((await s3.get(environment.buckets.raw!, key))!.body));
  const tables = await glue.listTables(`${world.prefix}weir_staging`);
  return { tables, intents: lease.intents, released: typeof lease.released };
}

/** How the statements that the process asked Athena to stop have ended. */
async function stoppedQueries(): Promise<readonly string[]> {
  const calls = (await (await lake('log?requests')).json()) as { operation: string; request: string }[];
  const ids = calls.flatMap(({ operation, request }) =>
    operation === 'StopQueryExecution' ? (/"QueryExecutionId":"([^"]+)"/.exec(request)?.[1] ?? 'none') : [],
  );
  return Promise.all(ids.map(async (id) => (await world.open.athena.wait(id)).state));
}

const CLEAN = { tables: [], intents: [], released: 'number' };

async function published(): Promise<readonly string[]> {
  return (await world.partitions('sales')).map((entry) => entry.values.join('-')).toSorted();
}

/** Nobody waits for a lease: it was given back, or never taken. */
async function nextRun(day: string): Promise<void> {
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    // The lease is kept by a timer while a statement runs; only its end may wake that up.
    assert.ok(signal !== undefined && ms > 5_000, 'the next run waits for a lease');
    await wait(ms, undefined, { signal }).catch(() => undefined);
  };
  const outcome = outcomeOf(await world.run({ tables: ['sales'], from: day, to: day }, { sleep }), 'shop_raw.sales');
  assert.deepEqual([outcome.state, outcome.published], ['done', 1], world.said.join('\n'));
}

const QUERIES = [
  ['writes', { service: 'athena-query', operation: 'CREATE_TABLE_AS_SELECT', delay_ms: NEVER }, 'SIGTERM', DAYS[0]],
  ['checks', { service: 'athena-query', operation: 'SELECT', delay_ms: NEVER }, 'SIGINT', DAYS[1]],
] as const;

for (const [what, fault, signal, day] of QUERIES) {
  test(`${signal} while it ${what}`, async () => {
    await world.drop(`shop/sales/${day}/sales.csv`, salesCsv(day, 3));
    const before = await published();
    const stopped = await stopAt(fault, signal, day);
    assert.equal(stopped.code, 1, stopped.output);
    assert.match(stopped.output, /error: stopped by a signal\n {2}cure: run the same command again/);
    assert.ok(stopped.ms < NEVER / 2, `${stopped.ms} ms`);
    // Of several at once, one may have ended by itself just before.
    const ends = await stoppedQueries();
    assert.ok(ends.includes('cancelled'), JSON.stringify(ends));
    assert.deepEqual(await left(), CLEAN);
    assert.deepEqual(await published(), before);
    await nextRun(day);
  });
}

test('SIGTERM while it publishes: the call ends, the partition is there as a whole', async () => {
  const [, , day] = DAYS;
  await world.drop(`shop/sales/${day}/sales.csv`, salesCsv(day, 3));
  const stopped = await stopAt({ service: 'glue', operation: 'BatchCreatePartition', delay_ms: 500 }, 'SIGTERM', day);
  assert.ok(stopped.ms < NEVER / 2, `${stopped.ms} ms`);
  assert.deepEqual(await left(), CLEAN);
  assert.deepEqual(await published(), ['2025-03-21', '2025-03-22', '2025-03-23']);
  assert.equal((await world.run({ tables: ['sales'] })).queries, 0, 'nothing is left to do');
  assert.deepEqual(await world.rows('SELECT count(*) FROM shop_raw.sales'), [['9']]);
});
