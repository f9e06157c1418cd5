/** The tree of a statement, as small as Trino's own: what the analysis needs and the places for its messages. */
export type * from './ast/expression.ts';
export type * from './ast/query.ts';
export type * from './ast/statement.ts';
