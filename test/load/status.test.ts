import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { status } from '../../scripts/commands/status.ts';
import { trace } from '../../scripts/commands/trace.ts';
import { type Memory, memoryPorts } from './memory.ts';
import { contextOf, DAYS, dropDay, run, stage } from './stage.ts';

let memory: Memory;
beforeEach(async () => {
  memory = await stage();
});
const context = () => contextOf(memory, memoryPorts(memory));

test('what is loaded and due, as numbers and as a calendar', async () => {
  const before = (await status(context(), ['partitions']))[0]!;
  assert.deepEqual([before.states.loaded, before.states.due, before.rows], [1, 3, 4]);
  assert.deepEqual(before.calendar, ['2025-03  #+++']);
  await run(memory, memoryPorts(memory));
  dropDay(memory, DAYS[0], 'changed');
  const after = (await status(context(), [])).find((each) => each.table === 'raw.partitions')!;
  assert.deepEqual(after.calendar, ['2025-03  +###']);
  assert.equal(after.rows, 2 + 3 + 1);
  const others = (await status(context(), [])).map((each) => [each.table, each.states.loaded, each.states.due]);
  assert.deepEqual(others, [
    ['raw.files', 3, 0],
    ['raw.partitions', 3, 1],
    ['raw.replace', 1, 0],
  ]);
});

test('a partition is traced to its load, its sources and its checks, by its values or its day', async () => {
  await run(memory, memoryPorts(memory));
  const found = await trace(context(), 'raw.partitions', DAYS[1]);
  assert.deepEqual([found.state, found.ledger!.rows, found.ledger!.commit], ['loaded', 3, 'c0ffee']);
  assert.deepEqual(
    found.ledger!.sources.map((source) => source.key),
    [`s3://landing/days/${DAYS[1]}/file.csv`],
  );
  assert.deepEqual(
    found.checks.map((check) => [check.name, check.passed]),
    [['not_null_line', true]],
  );
  assert.equal(found.ledger!.previous.length, 1);
  assert.equal((await trace(context(), 'replace', 'whatever')).ledger!.rows, 3);
  await assert.rejects(trace(context(), 'partitions', '2025-04-01'), /raw\.partitions 2025-04-01 has not been loaded/);
});
