import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sideBySide } from '../../scripts/commands/load/side-by-side.ts';

test('two at a time, the next one as soon as one has ended', async () => {
  const seen: string[] = [];
  const ends = new Map<string, () => void>();
  const run = sideBySide(['long', 'short', 'third'], async (name) => {
    seen.push(`begin ${name}`);
    await new Promise<void>((end) => ends.set(name, end));
    seen.push(`end ${name}`);
  });
  for (const name of ['short', 'third', 'long']) {
    while (!ends.has(name)) await sleep(1);
    ends.get(name)!();
    // All that may begin now begins before the next one ends.
    await sleep(5);
  }
  await run;
  assert.deepEqual(seen, ['begin long', 'begin short', 'end short', 'begin third', 'end third', 'end long']);
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
