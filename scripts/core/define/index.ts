export { loadDefinitions, type Reading } from './load-definitions.ts';
export type { SourceFile } from './source.ts';
