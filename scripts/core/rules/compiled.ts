/** What the engine says of one SELECT: its result columns in Trino's spelling, or why it refuses. */
export type Compiled =
  | { readonly columns: readonly { readonly name: string; readonly type: string }[] }
  | {
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly line: number | undefined;
        readonly column: number | undefined;
      };
    };
