import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { acquireLease } from '../../scripts/commands/load/lease.ts';
import { type RollbackOptions, type RollbackResult, rollback } from '../../scripts/commands/rollback.ts';
import { loadGraph, readLedger } from '../../scripts/core/load/index.ts';
import { blankTable, emptyMemory, type Memory, type MemoryPorts, memoryPorts } from './memory.ts';
import { contextOf, DEFINITIONS, dropDay, run, visible } from './stage.ts';

// A range goes back as one: to the load before each of its days had, or to a load that is named and wrote all of them.

const TABLE = ['raw.partitions'];
const DAYS = ['2025-03-01', '2025-03-02', '2025-03-03'] as const;

let memory: Memory;
/** The load that wrote all three days at first; later ones wrote them in parts. */
let first = '';
beforeEach(async () => {
  memory = emptyMemory();
  const day = { name: 'day', type: 'string', comment: undefined };
  const table = blankTable('raw', 'partitions', 's3://raw/partitions/');
  memory.tables.set('raw.partitions', { ...table, partitionKeys: [day] });
  await load(['1', '1', '1']);
  first = ledger(DAYS[0]).id;
  assert.equal(new Set(DAYS.map((each) => ledger(each).id)).size, 1);
  await load(['2', '1', '1']);
  await load(['2', '2', '1']);
});

async function load(lines: readonly [string, string, string], over: Partial<MemoryPorts> = {}): Promise<void> {
  for (const [index, line] of lines.entries()) dropDay(memory, DAYS[index]!, line);
  const summary = await run(memory, { ...memoryPorts(memory), ...over }, {}, { tables: TABLE });
  assert.equal(summary.tables[0]!.state, 'done');
}

const ledger = (day: string) =>
  readLedger(memory.partitions.get('raw.partitions')!.get(JSON.stringify([day]))!.parameters)!;

const back = (options: Partial<RollbackOptions>, ports = memoryPorts(memory)): Promise<RollbackResult> =>
  rollback(contextOf(memory, ports), {
    ...{ table: 'raw.partitions', from: DAYS[0], to: DAYS[2], load: undefined, release: false, dryRun: false },
    ...options,
  });

const rows = (): string => Object.values(visible(memory, 'partitions')).join(' ');

describe('rollback of a range', () => {
  test('to a named load: days that show it already stay, the others go back to it', async () => {
    assert.equal(rows(), '2 2 1');
    const { changed } = await back({ load: first });
    assert.deepEqual(
      changed.map((each) => [each.partition, each.to]),
      [
        [DAYS[0], first],
        [DAYS[1], first],
      ],
    );
    assert.equal(rows(), '1 1 1');
    assert.deepEqual(
      DAYS.map((day) => ledger(day).held !== undefined),
      [true, true, false],
    );
    const summary = await run(memory, memoryPorts(memory), {}, { tables: TABLE });
    assert.deepEqual([summary.queries, summary.tables[0]!.held], [0, 2]);
    // And all of it forward again, by the way that was kept.
    await back({ to: DAYS[1] });
    assert.equal(rows(), '2 2 1');
  });

  test('to the load before: each day to its own', async () => {
    await back({ to: DAYS[1] });
    assert.equal(rows(), '1 1 1');
    await assert.rejects(back({ to: DAYS[2], load: undefined, from: DAYS[2] }), /there is no load before/);
  });

  test('to a load that one of the days does not keep any more: none goes', async () => {
    for (const line of ['3', '4', '5']) await load([line, '2', '1']);
    const before = rows();
    await assert.rejects(back({ load: first }), {
      message: /2025-03-01: load .* is not kept; kept are/,
      cure: /nothing was changed/,
    });
    assert.equal(rows(), before);
    assert.ok(DAYS.every((day) => ledger(day).held === undefined));
  });

  test('a release of one day of it lets just that one be loaded', async () => {
    await back({ load: first });
    await back({ release: true, from: DAYS[1], to: DAYS[1] });
    await run(memory, memoryPorts(memory), {}, { tables: TABLE });
    assert.equal(rows(), '1 2 1');
  });

  test('a load that publishes meanwhile is not overwritten', async () => {
    const ports = memoryPorts(memory);
    let published = false;
    const updatePartitions: typeof ports.glue.updatePartitions = async (...args) => {
      published = true;
      return ports.glue.updatePartitions(...args);
    };
    // Between the look and the publish the day has become another load's.
    const list: typeof ports.s3.list = async function* (bucket, prefix) {
      const entries = memory.partitions.get('raw.partitions')!;
      const entry = entries.get(JSON.stringify([DAYS[0]]))!;
      entries.set(JSON.stringify([DAYS[0]]), {
        ...entry,
        parameters: { ...entry.parameters, 'weir.load.id': 'another' },
      });
      yield* ports.s3.list(bucket, prefix);
    };
    const racing = { ...ports, glue: { ...ports.glue, updatePartitions }, s3: { ...ports.s3, list } };
    await assert.rejects(
      back({ from: DAYS[0], to: DAYS[0] }, racing),
      /published by another load \(another\) meanwhile/,
    );
    assert.equal(published, false);
  });

  test('a run that slept through its lease rolls nothing back', async () => {
    const ports = memoryPorts(memory);
    const table = loadGraph(DEFINITIONS).order.find((each) => each.name === 'partitions')!;
    const never = (): Promise<void> => new Promise(() => undefined);
    let taken = false;
    const list: typeof ports.s3.list = async function* (bucket, prefix) {
      if (!taken) await acquireLease(contextOf(memory, memoryPorts(memory), { sleep: never }), table);
      taken = true;
      yield* ports.s3.list(bucket, prefix);
    };
    const asleep = contextOf(memory, { ...ports, s3: { ...ports.s3, list } }, { sleep: never });
    const options = { table: 'raw.partitions', from: DAYS[0], to: DAYS[0], load: undefined, release: false };
    await assert.rejects(rollback(asleep, { ...options, dryRun: false }), /another run took over raw\.partitions/);
    assert.equal(rows(), '2 2 1');
  });
});
