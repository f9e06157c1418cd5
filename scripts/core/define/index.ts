export { CHECKS, HISTORY, HISTORY_DAY, historyPath, LOADS } from './history.ts';
export { loadDefinitions, type Reading } from './load-definitions.ts';
export type { Pipeline, SourceFile } from './source.ts';
export { LOAD_MODES } from './table.ts';
