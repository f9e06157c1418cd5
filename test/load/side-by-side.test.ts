import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sideBySide } from '../../scripts/commands/load/side-by-side.ts';

test('two at a time, the next one as soon as one has ended', async () => {
  const seen: string[] = [];
  await sideBySide([30, 10, 5], async (ms) => {
    seen.push(`begin ${ms}`);
    await sleep(ms);
    seen.push(`end ${ms}`);
  });
  assert.deepEqual(seen, ['begin 30', 'begin 10', 'end 10', 'begin 5', 'end 5', 'end 30']);
});

test('after an error no other begins, and it is told when what runs has ended', async () => {
  const seen: string[] = [];
  const run = sideBySide(['fails', 'runs', 'waits'], async (group) => {
    await sleep(group === 'fails' ? 1 : 10);
    if (group === 'fails') throw new Error('as expected');
    seen.push(group);
  });
  await assert.rejects(run, { message: 'as expected' });
  assert.deepEqual(seen, ['runs']);
});
