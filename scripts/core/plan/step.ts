import type { ColumnState, FormatState } from '../normalize/state.ts';

interface Named {
  readonly database: string;
  readonly name: string;
}

/** Changes to one Glue table, made in one UpdateTable with the VersionId that was read. */
export interface TableEdit {
  readonly columns?: readonly ColumnState[];
  readonly partitionComments?: Readonly<Record<string, string>>;
  readonly location?: string;
  readonly format?: FormatState;
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

/** What no statement of Athena can say. */
export type GlueCall =
  | {
      readonly call: 'UpdateDatabase';
      readonly name: string;
      readonly comment: string;
      readonly set: Readonly<Record<string, string>>;
    }
  | (Named & { readonly call: 'UpdateTable'; readonly edit: TableEdit })
  /** A view's comments and marks, which CREATE OR REPLACE VIEW wipes. */
  | (Named & {
      readonly call: 'MarkView';
      readonly comment: string;
      readonly owner: string;
      readonly columns: readonly ColumnState[];
      /** Hash of what its SELECT says. */
      readonly sql: string;
      readonly applied: string;
    })
  | (Named & {
      readonly call: 'UpdatePartitions';
      readonly columns: readonly ColumnState[];
      readonly format: FormatState;
      /** Their files are written by loads and keep what they were written with. */
      readonly loaded: boolean;
    })
  | {
      readonly call: 'CopyTable';
      readonly from: Named;
      readonly to: Named;
      readonly applied: string;
      readonly intent: string;
    }
  | { readonly call: 'CopyPartitions'; readonly from: Named; readonly to: Named };

export type Step = {
  /** 1, 2, 3 ... in the order in which they run. */
  readonly number: number;
  /** The object as definitions name it. */
  readonly object: string;
} & (
  | { readonly kind: 'athena'; readonly sql: string }
  | {
      readonly kind: 'glue';
      readonly call: GlueCall;
      /** For people: lines that begin with `+`, `-` or `~`. */
      readonly shown: readonly string[];
    }
);

export type UnnumberedStep = Step extends infer S ? (S extends Step ? Omit<S, 'number'> : never) : never;
