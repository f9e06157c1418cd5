// Every hostile text in every flag and in events; `npm test` takes a part.
process.env.WEIR_PART ??= '2/2';
process.env.WEIR_PAYLOADS ??= 'all';
await import('../load/dispatch.test.ts');

export {};
