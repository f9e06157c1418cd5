// A minute of it, from several calls on; `npm test` has two seconds.
process.env.WEIR_THROTTLE_SECONDS ??= '60';
await import('../load/throttle.test.ts');

export {};
