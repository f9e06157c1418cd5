// The crash matrix and the races of loads in full; `npm test` runs a short form of them.
process.env.WEIR_PAIRS ??= '5000';
process.env.WEIR_RACES ??= '2000';
await import('../load/crash.test.ts');
await import('../load/rejects-crash.test.ts');
await import('../load/race.test.ts');

export {};
