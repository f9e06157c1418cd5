import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { copyMemory, type Memory, memoryPorts } from './memory.ts';
import { DAYS, dropDay, outcome, run, stage, visible } from './stage.ts';
import { seeded, Turns } from './turns.ts';

/** Two loads of the same tables, their AWS calls taking turns at random, on a clock that jumps past leases. */

let start: Memory;
before(async () => {
  start = await stage();
});

const RACES = Number(process.env.WEIR_RACES ?? 60);

test(`${RACES} races of two loads, with leases that run out and runs that wake up late`, async () => {
  let taken = 0;
  for (let seed = 1; seed <= RACES; seed += 1) taken += (await race(seed)) ? 1 : 0;
  // Some races must be of the kind that they are for: a lease taken over from a run that still lives.
  assert.ok(taken > RACES / 20, `${taken} leases were taken over`);
});

const FILES = { d1: 'd1:A', d2: 'd2:c', d3: 'd3:B d3:x', d4: 'd4:y' };
const FILE_ROWS = ['d1 d1:a', 'd1 d1:A', 'd2 d2:b d2:c', 'd2 d2:c', 'd3 d3:B d3:x', 'd4 d4:y'].map(
  (each) => `file ${each}`,
);

async function race(seed: number): Promise<boolean> {
  const random = seeded(seed);
  const memory = copyMemory(start);
  const turns = new Turns(memory, random);
  const racing = (): Promise<unknown> => {
    const { ports, over } = turns.actor();
    return run(memory, ports, over);
  };
  const ends = [racing(), racing()];
  // While they run, a file is corrected once more.
  turns.at(Math.floor(random() * 60), () => dropDay(memory, DAYS[1], 'newest'));
  const seen = new Set<string>();
  await turns.drive(Promise.allSettled(ends), () => {
    for (const [day, rows] of Object.entries(visible(memory, 'partitions'))) seen.add(`${day} ${rows}`);
    for (const rows of Object.values(visible(memory, 'replace'))) seen.add(`whole ${rows}`);
    for (const [day, rows] of Object.entries(visible(memory, 'files'))) seen.add(`file ${day} ${rows}`);
  });
  const told = `seed ${seed}`;
  const known = ['01 a1 a2', '02 b1 b2', '02 b1 b2 b3', '02 newest', '03 c1', '04 '].map((each) => `2025-03-${each}`);
  assert.deepEqual(
    [...seen].filter((each) => ![...known, 'whole w1 w2', 'whole w1 w2 w3', ...FILE_ROWS].includes(each)),
    [],
    told,
  );
  assert.deepEqual(memory.deleted, [], told);
  // Whatever they left, one more run brings everything to what the sources say.
  memory.count += 1_000_000;
  dropDay(memory, DAYS[1], 'newest');
  await run(memory, memoryPorts(memory));
  const { partitions, replace, files, staging, intents } = outcome(memory) as Record<string, unknown>;
  const days = { [DAYS[0]]: 'a1 a2', [DAYS[1]]: 'newest', [DAYS[2]]: 'c1', [DAYS[3]]: '' };
  assert.deepEqual(
    { partitions, replace, files, staging, intents },
    { partitions: days, replace: { '': 'w1 w2 w3' }, files: FILES, staging: [], intents: [] },
    told,
  );
  assert.equal((await run(memory, memoryPorts(memory))).queries, 0, told);
  // The one that was taken over from says so.
  return /took over/.test(JSON.stringify(await Promise.all(ends)));
}
