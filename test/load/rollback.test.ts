import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { type RollbackOptions, type RollbackResult, rollback } from '../../scripts/commands/rollback.ts';
import { readLedger } from '../../scripts/core/load/index.ts';
import { BLOWS, strikingPorts } from './crash.ts';
import { copyMemory, type Memory, memoryPorts } from './memory.ts';
import { contextOf, DAYS, dropDay, outcome, run, stage, visible } from './stage.ts';

let memory: Memory;
beforeEach(async () => {
  memory = await stage();
  await run(memory, memoryPorts(memory));
});

const DAY = { from: DAYS[1], to: DAYS[1] };
const back = (options: Partial<RollbackOptions>, ports = memoryPorts(memory)): Promise<RollbackResult> => {
  const all = {
    table: 'raw.partitions',
    from: undefined,
    to: undefined,
    load: undefined,
    release: false,
    dryRun: false,
  };
  return rollback(contextOf(memory, ports), { ...all, ...options });
};
const ledger = (day: string) =>
  readLedger(memory.partitions.get('raw.partitions')!.get(JSON.stringify([day]))!.parameters)!;

describe('rollback', () => {
  test('of one day brings back the rows before, and no schedule takes them away', async () => {
    const before = ledger(DAYS[1]);
    const result = await back(DAY);
    assert.deepEqual(result.changed, [{ partition: DAYS[1], from: before.id, to: before.previous[0]!.id }]);
    assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2');
    assert.equal(visible(memory, 'partitions')[DAYS[0]], 'a1 a2');
    const after = ledger(DAYS[1]);
    assert.match(after.held!, /^rolled back from .* on 2025-03-05T/);
    assert.equal(after.sources.length, 1, 'the sources come back from the record of the load');
    const summary = await run(memory, memoryPorts(memory));
    assert.equal(summary.queries, 0);
    assert.equal(summary.tables.find((table) => table.table === 'raw.partitions')?.held, 1);
  });

  test('a release lets the sources decide again', async () => {
    await back(DAY);
    assert.equal((await back({ release: true })).changed.length, 1);
    assert.equal(ledger(DAYS[1]).held, undefined);
    await run(memory, memoryPorts(memory));
    assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2 b3');
    assert.equal((await back({ release: true })).changed.length, 0);
  });

  test('a load that is asked for ends the hold', async () => {
    await back(DAY);
    await run(memory, memoryPorts(memory), {}, { tables: ['raw.partitions'], ...DAY });
    assert.equal(ledger(DAYS[1]).held, undefined);
    assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2 b3');
  });

  test('twice is there and back again', async () => {
    await back(DAY);
    await back(DAY);
    assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2 b3');
  });

  test('goes to a named load, as long as it is kept', async () => {
    const first = ledger(DAYS[1]).previous[0]!.id;
    dropDay(memory, DAYS[1], 'b9');
    await run(memory, memoryPorts(memory));
    await back({ ...DAY, load: first });
    assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2');
    await assert.rejects(back({ ...DAY, load: 'nonsense' }), /load nonsense is not kept; kept are/);
  });

  test('of a whole table', async () => {
    await back({ table: 'raw.replace' });
    assert.equal(visible(memory, 'replace')[''], 'w1 w2');
    assert.equal((await run(memory, memoryPorts(memory))).queries, 0);
    await back({ table: 'raw.replace', release: true });
    await run(memory, memoryPorts(memory));
    assert.equal(visible(memory, 'replace')[''], 'w1 w2 w3');
  });

  test('is all or nothing: a day without a load before, or without its files, stops it', async () => {
    const before = outcome(memory);
    await assert.rejects(back({ from: DAYS[0], to: DAYS[2] }), /there is no load before/);
    const past = ledger(DAYS[1]).previous[0]!.location.replace('s3://', '');
    for (const path of [...memory.objects.keys()]) if (path.startsWith(past)) memory.objects.delete(path);
    await assert.rejects(back(DAY), /the files of load .* are gone/);
    assert.deepEqual(outcome(memory), before);
    await assert.rejects(back({}), { cure: /say which with --from DATE and --to DATE/ });
  });

  test('a dry run changes nothing', async () => {
    const before = outcome(memory);
    assert.equal((await back({ ...DAY, dryRun: true })).changed.length, 1);
    assert.deepEqual(outcome(memory), before);
  });

  test('struck at any call it can be run again', async () => {
    const start = copyMemory(memory);
    const counting = strikingPorts(memory, new Map());
    await back(DAY, counting.ports);
    const wanted = outcome(memory);
    for (const blow of BLOWS) {
      for (let at = 1; at <= counting.calls(); at += 1) {
        memory = copyMemory(start);
        await back(DAY, strikingPorts(memory, new Map([[at, blow]])).ports).catch(() => undefined);
        if (visible(memory, 'partitions')[DAYS[1]] !== 'b1 b2') await back(DAY);
        const ignoring = (state: unknown): string =>
          JSON.stringify(state).replaceAll(/rolled back from [^"]*/g, 'held');
        assert.equal(ignoring(outcome(memory)), ignoring(wanted), `${blow} at ${at}`);
      }
    }
  });
});
