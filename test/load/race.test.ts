import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { copyMemory, type Memory, type MemoryPorts, memoryPorts } from './memory.ts';
import { DAYS, dropDay, outcome, run, stage, visible } from './stage.ts';

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
  const ends = [turns.race(), turns.race()];
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

/** Lets one waiting call go on at a time. */
class Turns {
  readonly memory: Memory;
  readonly random: () => number;
  readonly waiting: (() => void)[] = [];
  readonly sleeping: { readonly until: number; readonly wake: () => void }[] = [];
  readonly events = new Map<number, () => void>();
  clock = Date.parse('2025-03-05T07:00:00Z');
  constructor(memory: Memory, random: () => number) {
    this.memory = memory;
    this.random = random;
  }

  at(step: number, event: () => void): void {
    this.events.set(step, event);
  }

  race(): Promise<unknown> {
    const real = memoryPorts(this.memory);
    const turn = (): Promise<void> => new Promise((resolve) => this.waiting.push(resolve));
    const wrap = <P extends object>(port: P): P =>
      Object.fromEntries(
        Object.entries(port).map(([name, method]) => [
          name,
          async (...args: unknown[]) => {
            await turn();
            return (method as (...all: unknown[]) => Promise<unknown>)(...args);
          },
        ]),
      ) as P;
    const list: MemoryPorts['s3']['list'] = async function* (bucket, prefix) {
      await turn();
      yield* real.s3.list(bucket, prefix);
    };
    const over: Partial<LoadContext> = {
      now: () => this.clock,
      abandoned: () => false,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          this.sleeping.push({ until: this.clock + ms, wake: resolve });
          signal?.addEventListener('abort', () => resolve());
        }),
    };
    return run(this.memory, { glue: wrap(real.glue), athena: wrap(real.athena), s3: { ...wrap(real.s3), list } }, over);
  }

  async drive(ended: Promise<unknown>, watch: () => void): Promise<void> {
    let over = false;
    void ended.then(() => {
      over = true;
    });
    for (let step = 0; !over; step += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      this.events.get(step)?.();
      this.wake();
      if (this.random() < 0.03) this.advance(150_000);
      else if (this.waiting.length > 0)
        this.waiting.splice(Math.floor(this.random() ** 2 * this.waiting.length), 1)[0]!();
      else this.advance(5_000);
      watch();
    }
  }

  advance(ms: number): void {
    this.clock += ms;
  }

  wake(): void {
    for (let index = this.sleeping.length - 1; index >= 0; index -= 1) {
      if (this.sleeping[index]!.until <= this.clock) this.sleeping.splice(index, 1)[0]!.wake();
    }
  }
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return (state ^ (state >>> 13)) / 2 ** 32 < 0 ? 0 : ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}
