import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { type Memory, type MemoryPorts, memoryPorts } from './memory.ts';

/** Runs whose AWS calls take turns at random, on one clock. */

/** Lets one waiting call go on at a time. */
export class Turns {
  readonly memory: Memory;
  readonly random: () => number;
  readonly waiting: (() => void)[] = [];
  readonly sleeping: { readonly until: number; readonly wake: () => void }[] = [];
  readonly events = new Map<number, () => void>();
  /** How often the clock jumps past a lease. */
  readonly jumps: number;
  clock = Date.parse('2025-03-05T07:00:00Z');
  constructor(memory: Memory, random: () => number, jumps = 0.03) {
    this.memory = memory;
    this.random = random;
    this.jumps = jumps;
  }

  at(step: number, event: () => void): void {
    this.events.set(step, event);
  }

  /** What a run of its own works with: its calls wait for their turns, its time is that of all. */
  actor(): { readonly ports: MemoryPorts; readonly over: Partial<LoadContext> } {
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
          const wake = (): void => {
            signal?.removeEventListener('abort', wake);
            resolve();
          };
          this.sleeping.push({ until: this.clock + ms, wake });
          signal?.addEventListener('abort', wake);
        }),
    };
    return { ports: { glue: wrap(real.glue), athena: wrap(real.athena), s3: { ...wrap(real.s3), list } }, over };
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
      if (this.random() < this.jumps) this.advance(150_000);
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

/** Numbers in [0, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return (state ^ (state >>> 13)) / 2 ** 32 < 0 ? 0 : ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}
