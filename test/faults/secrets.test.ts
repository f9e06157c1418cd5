// Secrets with every kind of call refused; `npm test` has two of them.
process.env.WEIR_SECRETS ??= 'all';
await import('../load/secrets.test.ts');

export {};
