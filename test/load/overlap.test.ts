import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneAtATime, overlapped } from '../../scripts/commands/load/overlap.ts';

test('the next group is written while the one before is checked, never two at a time', async () => {
  const seen: string[] = [];
  const writing = oneAtATime();
  await overlapped([1, 2, 3], async (group) => {
    await writing(async () => {
      seen.push(`write ${group}`);
      await sleep(5);
      seen.push(`written ${group}`);
    });
    await sleep(2);
    seen.push(`published ${group}`);
  });
  assert.deepEqual(seen, [
    ...['write 1', 'written 1', 'write 2', 'published 1', 'written 2'],
    ...['write 3', 'published 2', 'written 3', 'published 3'],
  ]);
});

test('after a statement that failed no other is begun, and its error is the one that is told', async () => {
  const seen: number[] = [];
  const writing = oneAtATime();
  const run = overlapped([1, 2, 3], (group) =>
    writing(async () => {
      seen.push(group);
      throw new Error(`group ${group}`);
    }),
  );
  await assert.rejects(run, { message: 'group 1' });
  assert.deepEqual(seen, [1]);
});

test('what runs when another fails is ended first', async () => {
  const seen: string[] = [];
  const run = overlapped(['fails', 'runs', 'waits'], async (group) => {
    await sleep(group === 'fails' ? 1 : 10);
    if (group === 'fails') throw new Error('as expected');
    seen.push(group);
  });
  await assert.rejects(run, { message: 'as expected' });
  assert.deepEqual(seen, ['runs']);
});
