// The crash matrix and the races of loads, and a burst of 500 events, in full; `npm test` runs a short form of them.
process.env.WEIR_PAIRS ??= '5000';
process.env.WEIR_RACES ??= '2000';
process.env.WEIR_EVENTS ??= '500';
await import('../load/crash.test.ts');
await import('../load/rejects-crash.test.ts');
await import('../load/race.test.ts');
await import('../load/gc-race.test.ts');
await import('../load/burst.test.ts');

export {};
