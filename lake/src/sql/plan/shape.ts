import type { Field } from '../analyze/scope.ts';

/** One reading of a table. */
export interface ScanState {
  readonly relation: string;
  readonly database: string;
  readonly table: string;
  readonly columnNames: readonly string[];
  readonly partitionColumns: ReadonlySet<string>;
  /** DuckDB text for a partition column outside of the statement: quoted and cast to its declared type. */
  readonly partitionSql: ReadonlyMap<string, string>;
  /** Columns that are read, lower case. */
  readonly used: Set<string>;
  readonly filters: string[];
  /** Conditions on one column of the data each. */
  readonly rowFilters: { readonly column: string; readonly sql: string }[];
}

/** A condition on keys (fields of a block, or positions in its output): all that is known of them must make it true. */
export interface Condition<K> {
  readonly keys: ReadonlySet<K>;
  /** Whether a null in any key makes it false or null. */
  readonly rejectsNull: boolean;
  render(sql: (key: K) => string): string;
}

/** What rows come from, as far as pruning goes through it. */
export type Source =
  | { readonly kind: 'scan'; readonly scan: ScanState }
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'reference'; readonly named: NamedBlock; readonly conditions: Condition<number>[] }
  | { readonly kind: 'opaque' };

export interface Home {
  readonly source: Source;
  readonly index: number;
}

export type SourceTree =
  | { readonly kind: 'leaf'; readonly source: Source }
  | {
      readonly kind: 'join';
      readonly type: 'inner' | 'left' | 'right' | 'full';
      readonly left: SourceTree;
      readonly right: SourceTree;
      readonly on: readonly Condition<Field>[];
    };

/** A query as pruning sees it. */
export type Block =
  | {
      readonly kind: 'select';
      readonly tree: SourceTree | undefined;
      readonly where: readonly Condition<Field>[];
      /** Fields that output columns need. */
      readonly uses: readonly ReadonlySet<Field>[];
      /** Fields that conditions, groups and order need. */
      readonly always: ReadonlySet<Field>;
      /** The field that an output column passes on unchanged, where a condition on it may be applied before. */
      readonly passes: readonly (Field | undefined)[];
      readonly needed: Set<number>;
    }
  | { readonly kind: 'set'; readonly parts: readonly Block[]; readonly all: boolean; readonly passes: boolean };

/** A query of a WITH clause; a condition goes in only where every reference has one. */
export interface NamedBlock {
  readonly block: Block;
  /** The conditions of each reference. */
  readonly references: Condition<number>[][];
}
