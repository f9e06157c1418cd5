// All malformed files; `npm test` reads a part of them.
process.env.WEIR_MALFORMED ??= 'all';
await import('../core/malformed.test.ts');

export {};
