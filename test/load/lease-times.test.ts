import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { acquireLease, type Lease } from '../../scripts/commands/load/lease.ts';
import { type LoadedTable, loadGraph } from '../../scripts/core/load/index.ts';
import { copyMemory, type Memory, memoryPorts } from './memory.ts';
import { contextOf, DEFINITIONS, MODES, outcome, run, stage } from './stage.ts';

// When a lease is free for another run: given back, run out, or its holder is dead; and its number grows with each of them.

const TABLE = loadGraph(DEFINITIONS).order.find((table) => table.name === 'partitions') as LoadedTable;
const START = Date.parse('2025-03-05T09:00:00Z');
const SECOND = 1000;

let start: Memory;
before(async () => {
  start = await stage();
});

const never = (): Promise<void> => new Promise(() => undefined);

/** Takes the lease; `waits` is what it does before it looks again. It is not renewed: its process is dead or asleep. */
function take(
  memory: Memory,
  now: () => number,
  more: { readonly waits?: () => Promise<void>; readonly dead?: boolean } = {},
): Promise<Lease> {
  const { waits = never, dead = false } = more;
  const sleep = (ms: number): Promise<void> => (ms > 5 * SECOND ? never() : waits());
  return acquireLease(contextOf(memory, memoryPorts(memory), { now, sleep, abandoned: () => dead }), TABLE);
}

/** When a second run has the lease, in seconds after the first one took it and died; it looks every five. */
async function wait(memory: Memory): Promise<number> {
  let time = START;
  await take(memory, () => time);
  const waits = async (): Promise<void> => {
    time += 5 * SECOND;
    assert.ok(time - START < 600 * SECOND, 'never free');
  };
  await take(memory, () => time, { waits });
  return (time - START) / SECOND;
}

describe('a lease', () => {
  test('of a run that died elsewhere is waited for until it has run out, and some seconds for clocks that differ', async () => {
    const seconds = await wait(copyMemory(start));
    assert.ok(seconds > 130 && seconds <= 140, `${seconds} s`);
  });

  test('that is held anew every half minute is another run’s for good', async () => {
    const memory = copyMemory(start);
    let time = START;
    const held = await take(memory, () => time);
    const waits = async (): Promise<void> => {
      time += 5 * SECOND;
      if ((time - START) % (30 * SECOND) === 0) await held.hold();
    };
    const second = take(memory, () => time, { waits });
    await assert.rejects(second, {
      message: /raw\.partitions is held by another run \(run \d+\)/,
      cure: /run the load again/,
    });
    await held.hold();
  });

  test('that was given back, or whose holder is dead, is free at once', async () => {
    const memory = copyMemory(start);
    const waits = (): never => assert.fail('waits');
    const first = await take(memory, () => START, { waits });
    await first.release();
    await take(memory, () => START, { waits });
    await take(memory, () => START, { waits, dead: true });
  });

  test('has a number that grows with every holder, and the holder before can write nothing any more', async () => {
    const memory = copyMemory(start);
    const leases: Lease[] = [];
    for (let at = 0; at < 3; at += 1) leases.push(await take(memory, () => START, { dead: true }));
    const [first, second, third] = leases.map((lease) => lease.fence) as [number, number, number];
    assert.deepEqual([second - first, third - second], [1, 1]);
    for (const lease of leases.slice(0, 2)) await assert.rejects(lease.hold(), /another run took over raw\.partitions/);
    await leases[2]!.hold();
  });
});

describe('a run that slept through its lease', () => {
  // It wakes up after its checks, another run holds the table, and the renewal beside its work slept as well.
  for (const mode of MODES) {
    test(`publishes nothing in mode ${mode}, says so, and takes nothing of the other away`, async () => {
      const memory = copyMemory(start);
      const before = outcome(memory);
      const ports = memoryPorts(memory);
      const table = loadGraph(DEFINITIONS).order.find((each) => each.name === mode)!;
      let other: Lease | undefined;
      const asleep = async (): Promise<void> => {
        other ??= await acquireLease(contextOf(memory, memoryPorts(memory), { sleep: never }), table);
      };
      const rows: typeof ports.athena.rows = async (...args) => {
        const found = await ports.athena.rows(...args);
        // Of mode files the first question is before the load.
        if ([...memory.tables.keys()].some((name) => name.startsWith('weir_staging.'))) await asleep();
        return found;
      };
      const zombie = { ...ports, athena: { ...ports.athena, rows } };
      const summary = await run(memory, zombie, { sleep: never, abandoned: () => true }, { tables: [mode] });
      assert.match(JSON.stringify(summary.tables[0]!.errors), /another run took over/);
      const { partitions, replace, files, ledgers, whole, staging } = outcome(memory) as Record<string, unknown>;
      const { partitions: p, replace: r, files: f, ledgers: l, whole: w } = before as Record<string, unknown>;
      assert.deepEqual([partitions, replace, files, ledgers, whole], [p, r, f, l, w]);
      // The other run may be going on with the load: its temporary table and its intent are still there.
      assert.deepEqual([(staging as unknown[]).length, other!.intents().length], [1, 1]);
      await other!.hold();
    });
  }

  test('drops no temporary table either, when its own load is refused', async () => {
    const memory = copyMemory(start);
    const ports = memoryPorts(memory);
    let other: Lease | undefined;
    const getTable: typeof ports.glue.getTable = async (database, name) => {
      const found = await ports.glue.getTable(database, name);
      if (database !== 'weir_staging' || found === undefined) return found;
      other ??= await take(memory, () => START, { dead: true });
      const columns = found.storage.columns.map((column) => ({ ...column, type: 'bigint' }));
      return { ...found, storage: { ...found.storage, columns } };
    };
    const zombie = { ...ports, glue: { ...ports.glue, getTable } };
    const summary = await run(memory, zombie, { sleep: never }, { tables: ['partitions'] });
    assert.match(JSON.stringify(summary.tables[0]!.errors), /line is bigint in the load, string in the table/);
    const { staging } = outcome(memory) as { staging: readonly string[] };
    assert.deepEqual([staging.length, other!.intents().length], [1, 1]);
    await other!.hold();
  });
});
