// Every hostile text on a lake; `npm test` takes a part.
process.env.WEIR_PAYLOADS ??= 'all';
await import('../load/hostile.test.ts');

export {};
