// Every hostile text in every place of the definitions; `npm test` takes a part.
process.env.WEIR_PART ??= '2/2';
process.env.WEIR_PAYLOADS ??= 'all';
await import('../core/injection.test.ts');

export {};
