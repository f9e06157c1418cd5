import type { Query } from '../sql/ast.ts';
import type { Compiled, Relations } from '../sql/sql.ts';

/** The SQL front as the engine uses it, in one place. */
export interface CompileOptions {
  readonly relations: Relations;
  readonly database: string;
  /** Execution parameters: SQL literals. */
  readonly parameters: readonly string[];
}

export function compile(_query: Query, _options: CompileOptions): Compiled {
  throw new Error('the SQL front is not there yet');
}
