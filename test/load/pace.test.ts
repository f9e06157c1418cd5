import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText, paceOf } from '../../scripts/commands/load/pace.ts';
import type { TablePreview } from '../../scripts/commands/load/report.ts';
import type { LoadGroup } from '../../scripts/commands/load/run.ts';
import { emptyMemory, memoryPorts } from './memory.ts';
import { contextOf } from './stage.ts';

test('a backfill tells after each statement how far it is, and how long the rest takes at this pace', () => {
  const said: string[] = [];
  let time = 0;
  const memory = emptyMemory();
  const over = { now: () => time, say: (line: string) => void said.push(line) };
  const context = contextOf(memory, memoryPorts(memory), over);
  const due = Array.from({ length: 10 }, () => ({ partition: 'x', reason: 'asked', bytes: 100 }));
  const pace = paceOf(context, 'again', [{ due, bytes: 1_000 } as unknown as TablePreview]);
  const group = (count: number): LoadGroup =>
    ({ units: Array.from({ length: count }, () => ({ bytes: 100 })) }) as never;
  time = 60_000;
  pace(group(2));
  time = 300_000;
  pace(group(3));
  pace(group(5));
  assert.deepEqual(said, [
    'backfill again: 2 of 10 partitions, about 4 min left',
    'backfill again: 5 of 10 partitions, about 5 min left',
  ]);
  assert.deepEqual([0, 59_000, 90_000, 7_800_000].map(durationText), ['1 s', '59 s', '2 min', '2 h 10 min']);
});
