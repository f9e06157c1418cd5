import { test } from 'node:test';
import { playSeed } from './sequence-steps.ts';

// Sequences of what people and schedules do to a lake, against a model of it. `npm test` plays some of them, test/faults
// 1,000; WEIR_SEQUENCES says how many and WEIR_SEED which is the first.

const SEQUENCES = Number(process.env.WEIR_SEQUENCES ?? 25);
const SEED = Number(process.env.WEIR_SEED ?? 1);

test(`${SEQUENCES} sequences of loads, corrections, edits, applies, rollbacks and gc, struck at random`, async () => {
  for (let seed = SEED; seed < SEED + SEQUENCES; seed += 1) await playSeed(seed);
});
