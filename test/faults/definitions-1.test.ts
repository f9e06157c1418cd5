// The pairs of definitions of test/core in full, all of them over the wire; `npm test` takes a few.
process.env.WEIR_PART ??= '1/2';
process.env.WEIR_DEFINITIONS ??= '5000';
await import('../core/diff-pairs.test.ts');

export {};
