// An apply that dies after any statement of any case; `npm test` takes every other case.
process.env.WEIR_KILLED ??= 'all';
await import('../core/apply-killed.test.ts');

export {};
