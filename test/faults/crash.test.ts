// The crash matrix of loads in full, and a burst of 500 events; `npm test` runs a short form of them.
process.env.WEIR_PAIRS ??= '5000';
process.env.WEIR_EVENTS ??= '500';
await import('../load/crash.test.ts');
await import('../load/rejects-crash.test.ts');
await import('../load/burst.test.ts');

export {};
