import type { Type } from './types.ts';

/**
 * The contract between the SQL front (Trino grammar -> typed analysis -> DuckDB SQL) and the engine that executes.
 * The front knows nothing of files or of DuckDB connections: it asks a `Relations` for names and gives back text.
 */

export interface RelationColumn {
  readonly name: string;
  readonly type: Type;
  readonly hidden?: boolean;
}

export type Relation =
  /** A table whose rows the engine supplies as a DuckDB relation of its own naming; see `Compiled.scans`. */
  | {
      readonly kind: 'table';
      readonly database: string;
      readonly name: string;
      readonly columns: readonly RelationColumn[];
      readonly partitionColumns: readonly string[];
    }
  /** A view: its SQL is analysed in the place where it is used; `columns` are those stored at creation. */
  | {
      readonly kind: 'view';
      readonly database: string;
      readonly name: string;
      readonly columns: readonly RelationColumn[];
      readonly sql: string;
      readonly defaultDatabase: string;
    };

export interface Relations {
  /** `undefined`: no such table; `'no-database'`: no such database. */
  find(database: string, name: string): Relation | 'no-database' | undefined;
}

/**
 * One table as one statement reads it: which columns, and what the WHERE clause says of partition columns, so that
 * the engine opens no file that it needn't.
 */
export interface Scan {
  /** Name of the DuckDB relation that `sql` reads; the engine makes it (a view or table macro) before it runs `sql`. */
  readonly relation: string;
  readonly database: string;
  readonly table: string;
  /** Columns read (also those of conditions), lower case, among them partition columns and "$path" etc. */
  readonly columns: readonly string[];
  /**
   * A DuckDB boolean expression over the partition columns alone (unqualified, quoted, each cast to its declared
   * type) that is implied by the statement: partitions for which it is false or null hold no row that is needed.
   */
  readonly partitionFilter: string | undefined;
  /**
   * DuckDB boolean expressions over one column of the data each (unqualified, quoted) that the statement implies: what
   * the engine counts as scanned leaves out row groups that they rule out.
   */
  readonly rowFilters?: readonly { readonly column: string; readonly sql: string }[];
}

export interface Compiled {
  /** DuckDB SQL. Its columns are called c0, c1, ...: names of a result may repeat, these don't. */
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: Type }[];
  readonly scans: readonly Scan[];
}

/** A refusal with Trino's error name, e.g. TYPE_MISMATCH; line and column count from 1. */
export class SqlError extends Error {
  readonly code: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  constructor(code: string, message: string, line?: number, column?: number) {
    super(message);
    this.name = 'SqlError';
    this.code = code;
    this.line = line;
    this.column = column;
  }
}
