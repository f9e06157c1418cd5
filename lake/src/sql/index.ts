/** The SQL front: Athena's query language (Trino) to DuckDB SQL. */

export type { CompileOptions } from './analyze/state.ts';
export type { Expression, Query, Statement } from './ast.ts';
export { runtimeError as mapRuntimeError } from './casts/failure.ts';
export { type Analyzed, analyzeQuery, compileQuery } from './compile.ts';
export { parseExpression, parseStatement } from './parse/statements.ts';
export type { Compiled, Relation, RelationColumn, Relations, Scan } from './sql.ts';
export { SqlError } from './sql.ts';
export { textQuery } from './text-query.ts';
