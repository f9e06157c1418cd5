/**
 * A suite may be several files, so that several processors take it: each has every Nth of the cases, and all of them
 * together have each case once (test/faults/parts.test.ts). WEIR_PART=2/3 is the second of three.
 */
const [own = 1, parts = 1] = (process.env.WEIR_PART ?? '1/1').split('/').map(Number);
if (!(own >= 1 && own <= parts)) throw new Error(`WEIR_PART=${process.env.WEIR_PART} is no part`);

/** True for the cases that this part has. */
export function inPart(index: number): boolean {
  return index % parts === own - 1;
}

/** How many of so many cases this part has. */
export function sizeOfPart(cases: number): number {
  return Math.floor((cases + parts - own) / parts);
}
