import type { Expression } from '../ast.ts';
import type { Block, NamedBlock, ScanState } from '../plan/shape.ts';
import type { Relations } from '../sql.ts';
import type { Type } from '../types.ts';
import type { Field } from './scope.ts';

export interface CompileOptions {
  readonly relations: Relations;
  readonly defaultDatabase: string;
  /** Name of the catalog in messages and in three-part names. */
  readonly catalog?: string | undefined;
  /** What stands for each `?`: literals as text, or trees. */
  readonly parameters?: readonly (string | Expression)[] | undefined;
  /** What current_user gives. */
  readonly user?: string | undefined;
}

/** A query of a WITH clause, seen by the queries behind it. */
export interface Named {
  readonly name: string;
  readonly sqlName: string;
  readonly columns: readonly { readonly name: string | undefined; readonly type: Type; readonly hidden: boolean }[];
  /** Absent for a recursive reference: nothing is pruned through it. */
  readonly block: NamedBlock | undefined;
  used: boolean;
}

export type Names = ReadonlyMap<string, Named>;

/** All that one statement gathers while it is analysed. */
export interface State {
  readonly options: CompileOptions;
  readonly catalog: string;
  readonly parameters: readonly Expression[];
  readonly scans: ScanState[];
  /** Queries that stand by themselves: the statement's own, those of expressions, those of WITH clauses. */
  readonly roots: Block[];
  readonly named: NamedBlock[];
  /** Views being expanded, to find a view that reads itself. */
  readonly views: string[];
  /** Where used fields are noted. */
  readonly recorder: { uses: Set<Field> };
  readonly counter: { aliases: number };
  /** Checks that Trino makes when all names and types are known. */
  readonly late: (() => void)[];
  /** The column that each name in the statement's tree means. */
  readonly references: Map<Expression, Field>;
}

export function alias(state: State, letter: string): string {
  state.counter.aliases += 1;
  return `${letter}${state.counter.aliases}`;
}

/** Runs `work` and tells which fields it used. */
export function using<T>(state: State, work: () => T): { readonly result: T; readonly uses: ReadonlySet<Field> } {
  const { recorder } = state;
  const outer = recorder.uses;
  const uses = new Set<Field>();
  recorder.uses = uses;
  try {
    return { result: work(), uses };
  } finally {
    recorder.uses = outer;
  }
}

export interface OutputColumn {
  readonly name: string | undefined;
  readonly type: Type;
}

/** A query as DuckDB text; its columns are called c0, c1, ... there. */
export interface Planned {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
  readonly block: Block;
}
