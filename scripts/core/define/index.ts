export { loadDefinitions, type Reading } from './load-definitions.ts';
export type { Pipeline, SourceFile } from './source.ts';
