import { type FunctionDefinition, windowed } from './definition.ts';

/** Window functions; every aggregate is one too. */
export const windowFunctions: readonly FunctionDefinition[] = [
  windowed('row_number() bigint', 'row_number'),
  windowed('rank() bigint', 'rank'),
  windowed('dense_rank() bigint', 'dense_rank'),
  windowed('percent_rank() double', 'percent_rank'),
  windowed('cume_dist() double', 'cume_dist'),
  windowed('ntile(bigint) bigint', 'ntile'),
  windowed('lag(T) T', 'lag'),
  windowed('lag(T, bigint) T', 'lag'),
  windowed('lag(T, bigint, T) T', 'lag'),
  windowed('lead(T) T', 'lead'),
  windowed('lead(T, bigint) T', 'lead'),
  windowed('lead(T, bigint, T) T', 'lead'),
  windowed('first_value(T) T', 'first_value'),
  windowed('last_value(T) T', 'last_value'),
  windowed('nth_value(T, bigint) T', 'nth_value'),
];
