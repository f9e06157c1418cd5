/** Seeded randomness: the same seed gives the same numbers on every machine. */

export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  readonly next: () => number;
  /** A number from 0 to 1, 1 left out. */
  readonly fraction: () => number;
  /** A whole number from 0 to `below` - 1. */
  readonly below: (below: number) => number;
}

/** sfc32 (small fast counter), seeded by hashing any text, so that every day and table has numbers of its own. */
export function seededRandom(seed: string): Random {
  let [a, b, c, d] = hashText(seed);
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return { next, fraction: () => next() / 4294967296, below: (below) => Math.floor((next() / 4294967296) * below) };
}

function hashText(text: string): [number, number, number, number] {
  const lanes: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, text.length];
  for (let i = 0; i < text.length; i++) {
    const lane = i & 3;
    lanes[lane as 0 | 1 | 2 | 3] =
      Math.imul((lanes[lane] ?? 0) ^ text.charCodeAt(i), 0x85ebca6b) ^ ((lanes[(lane + 1) & 3] ?? 0) >>> 13);
  }
  return lanes;
}

/** Draws indexes in proportion to weights, in constant time (Walker's alias method). */
export function weightedIndex(weights: readonly number[]): (random: Random) => number {
  const count = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scaled = Float64Array.from(weights, (weight) => (weight * count) / total);
  const keep = new Float64Array(count).fill(1);
  const alias = new Uint32Array(count);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < count; i++) (scaled[i]! < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large.pop()!;
    keep[low] = scaled[low]!;
    alias[low] = high;
    scaled[high] = scaled[high]! + scaled[low]! - 1;
    (scaled[high]! < 1 ? small : large).push(high);
  }
  return (random) => {
    const index = random.below(count);
    return random.fraction() < keep[index]! ? index : alias[index]!;
  };
}

/** Weights of a power law: the n-th of `count` things is chosen in proportion to 1 / (n + shift)^exponent. */
export function powerLaw(count: number, exponent: number, shift = 1): readonly number[] {
  return Array.from({ length: count }, (_, index) => 1 / (index + shift) ** exponent);
}
