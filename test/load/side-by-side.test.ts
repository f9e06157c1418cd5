import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sideBySide } from '../../scripts/commands/load/side-by-side.ts';
import { blankTable, emptyMemory, memoryPorts } from './memory.ts';
import { DEFINITIONS, dropWhole, run as runLoad } from './stage.ts';

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

test('of the tables of a run three load at once, the next one as soon as one has ended', async () => {
  const memory = emptyMemory();
  dropWhole(memory, 'w1');
  const one = DEFINITIONS.tables.find(({ name }) => name === 'replace')!;
  const names = ['r1', 'r2', 'r3', 'r4', 'r5'];
  const tables = names.map((name) => ({ ...one, name, location: { ...one.location, path: `${name}/` } }));
  for (const name of names) memory.tables.set(`raw.${name}`, blankTable('raw', name, `s3://raw/${name}/`));
  const { athena, ...ports } = memoryPorts(memory);
  const held: (() => void)[] = [];
  const isWriting = (queryId: string): boolean => memory.queries.get(queryId)!.sql.startsWith('CREATE TABLE');
  const wait: typeof athena.wait = async (queryId) => {
    if (isWriting(queryId)) await new Promise<void>((end) => held.push(end));
    return athena.wait(queryId);
  };
  const landing = DEFINITIONS.tables.filter(({ database }) => database === 'land');
  const definitions = { ...DEFINITIONS, tables: [...landing, ...tables] };
  let isOver = false;
  const loading = runLoad(memory, { ...ports, athena: { ...athena, wait } }, { definitions }).finally(() => {
    isOver = true;
  });
  const seen: number[] = [];
  while (!isOver) {
    // All that can begin has begun by then.
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (held.length > 0) seen.push(held.length);
    held.shift()?.();
  }
  const summary = await loading;
  assert.deepEqual(
    summary.tables.map(({ state }) => state),
    names.map(() => 'done'),
  );
  assert.deepEqual(seen, [3, 3, 3, 2, 1]);
});
