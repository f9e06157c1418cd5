import {
  analyzeQuery,
  type Compiled,
  compileQuery,
  type Expression,
  type Query,
  type Relations,
} from '../sql/index.ts';

/** The SQL front as the engine uses it, in one place. */
export interface FrontOptions {
  readonly relations: Relations;
  readonly database: string;
  /** Execution parameters: SQL literals, as text or read already. */
  readonly parameters: readonly (string | Expression)[];
}

export function compile(query: Query, options: FrontOptions): Compiled {
  return compileQuery(query, { ...options, defaultDatabase: options.database });
}

/** The names of a query's columns (undefined where it gives none) and their types. */
export function outputOf(query: Query, options: FrontOptions): ReturnType<typeof analyzeQuery>['columns'] {
  return analyzeQuery(query, { ...options, defaultDatabase: options.database }).columns;
}
