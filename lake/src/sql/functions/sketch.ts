import { type FunctionDefinition, scalar } from './definition.ts';

/** HyperLogLog sketches; here they hold the hashes themselves, so that counts are exact. */
export const sketchFunctions: readonly FunctionDefinition[] = [
  scalar('cardinality(hyperloglog) bigint', 'CAST(len($1) AS BIGINT)'),
  scalar('empty_approx_set() hyperloglog', 'CAST([] AS UBIGINT[])'),
];
