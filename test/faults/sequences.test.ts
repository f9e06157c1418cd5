// The sequences of test/load in full; `npm test` plays a few of them.
process.env.WEIR_SEQUENCES ??= '1000';
await import('../load/sequences.test.ts');

export {};
