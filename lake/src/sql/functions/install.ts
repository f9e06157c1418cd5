/** Statements to run once a DuckDB instance before any emitted SQL: macros whose names begin with `weir_`. */
export const prelude: readonly string[] = [];
