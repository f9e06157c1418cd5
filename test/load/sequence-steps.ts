import { BLOWS } from './crash.ts';
import { dayText, type Range } from './model.ts';
import { play, type Step } from './sequences.ts';
import type { Mode } from './stage.ts';

/** Random sequences, the same for the same seed, and the shortest one that still shows what went wrong. */

type Chance = () => number;

/** A small generator of numbers in [0, 1): https://en.wikipedia.org/wiki/Xorshift, 32 bits. */
export function chance(seed: number): Chance {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const ALL: readonly Mode[] = ['partitions', 'replace', 'files'];

/** How often a step is taken, out of the sum. */
const WEIGHTS: readonly (readonly [weight: number, make: (random: Chance) => Step])[] = [
  [5, (random) => ({ do: 'day', day: upTo(random, 8), lines: someLines(random) })],
  [2, (random) => ({ do: 'whole', lines: words(random) })],
  [
    5,
    (random) => ({
      do: 'event',
      name: `e${upTo(random, 4)}`,
      lines: words(random).map((word) => `${dayText(upTo(random, 5))}:${word}`),
    }),
  ],
  [1, () => ({ do: 'tomorrow' })],
  [1, (random) => ({ do: 'edit', what: random() < 0.6 ? 'sql' : 'column' })],
  [2, (random) => ({ do: 'apply', ...perhapsStruck(random, 12) })],
  [7, (random) => ({ do: 'load', ...perhapsStruck(random, 60) })],
  [3, (random) => ({ do: 'reload', mode: one(random, ALL), range: someDays(random), ...perhapsStruck(random, 30) })],
  [
    3,
    (random) => {
      const which = random() < 0.7 ? 0 : 1;
      return {
        do: 'rollback',
        mode: one(random, ALL),
        range: someDays(random),
        which,
        ...perhapsStruck(random, 12),
      };
    },
  ],
  [2, (random) => ({ do: 'release', mode: one(random, ALL), ...perhapsStruck(random, 10) })],
  [2, (random) => ({ do: 'gc', ...perhapsStruck(random, 25) })],
];

/** A sequence of up to 30 steps. */
export function sequence(seed: number): readonly Step[] {
  const random = chance(seed);
  const urn = WEIGHTS.flatMap(([weight, make]) => Array.from({ length: weight }, () => make));
  return Array.from({ length: 10 + Math.floor(random() * 21) }, () => one(random, urn)(random));
}

/** Plays a sequence; what fails is shrunk to a few steps first, and told with them. */
export async function playSeed(seed: number): Promise<void> {
  const steps = sequence(seed);
  if ((await fault(steps)) === undefined) return;
  const few = await shrunk(steps);
  const told = few.map((step) => `  ${JSON.stringify(step)},`).join('\n');
  throw new Error(`sequence of seed ${seed}, shrunk from ${steps.length} to ${few.length} steps:\n${told}`, {
    cause: await fault(few),
  });
}

async function fault(steps: readonly Step[]): Promise<unknown> {
  return play(steps).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Steps, and their blows, are left out as long as something still fails. */
async function shrunk(steps: readonly Step[]): Promise<readonly Step[]> {
  let few = steps;
  for (let size = Math.ceil(few.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = few.length - size; at >= 0; at -= 1) {
      const fewer = few.toSpliced(at, size);
      if ((await fault(fewer)) !== undefined) few = fewer;
    }
  }
  for (const [at, step] of few.entries()) {
    const { blow: _, ...calm } = step as Step & { blow?: unknown };
    const fewer = few.with(at, calm as Step);
    if ((await fault(fewer)) !== undefined) few = fewer;
  }
  return few;
}

function upTo(random: Chance, most: number): number {
  return 1 + Math.floor(random() * most);
}

function one<T>(random: Chance, of: readonly T[]): T {
  return of[Math.floor(random() * of.length)]!;
}

function words(random: Chance): readonly string[] {
  return Array.from({ length: Math.floor(random() * 4) }, () => `w${upTo(random, 5)}`);
}

function someLines(random: Chance): readonly string[] {
  return random() < 0.06 ? [...words(random), 'bad'] : words(random);
}

function someDays(random: Chance): Range {
  const from = upTo(random, 7);
  return [from, Math.min(from + Math.floor(random() * 4), 8)];
}

function perhapsStruck(random: Chance, calls: number): { blow?: readonly [number, (typeof BLOWS)[number]] } {
  return random() < 0.35 ? { blow: [upTo(random, calls), one(random, BLOWS)] } : {};
}
