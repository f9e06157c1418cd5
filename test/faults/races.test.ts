// The races of loads with each other and with gc in full; `npm test` runs a short form of them.
process.env.WEIR_RACES ??= '2000';
await import('../load/race.test.ts');
await import('../load/gc-race.test.ts');

export {};
