// Every hostile text in every place of the definitions, in data, in every flag and in events; `npm test` takes a part.
process.env.WEIR_PAYLOADS ??= 'all';
await import('../core/injection.test.ts');
await import('../load/dispatch.test.ts');
await import('../load/hostile.test.ts');

export {};
