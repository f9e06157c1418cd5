/** The SQL front: Athena's query language (Trino) to DuckDB SQL. */

export type { Expression, Query, Statement } from './ast.ts';
export { analyzeQuery, compileQuery } from './compile.ts';
export { parseStatement } from './parse/statements.ts';
export type { Compiled, Relations } from './sql.ts';
export { SqlError } from './sql.ts';
export { textQuery } from './text-query.ts';
