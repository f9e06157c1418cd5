import { rmSync } from 'node:fs';
import type { EngineResult, ResultColumn, ResultRow } from '../athena/engine.ts';
import type { Query } from '../sql/ast.ts';
import { type Compiled, textQuery } from '../sql/index.ts';
import { quoteName, quoteText } from '../sql/types/index.ts';
import { compile, type FrontOptions, outputOf } from './front.ts';
import { relationsOf } from './relations.ts';
import { resultColumn } from './result-columns.ts';
import { makeRelations } from './run-scans.ts';
import type { StatementContext } from './statement-context.ts';

/** Runs a SELECT; its rows go to a CSV file as Athena writes it, without passing through JavaScript. */
export async function runQuery(query: Query, context: StatementContext): Promise<EngineResult> {
  const started = Date.now();
  const compiled = compileIn(query, context);
  const { bytes } = await makeRelations(compiled, context);
  const planningMs = Date.now() - started;
  const columns = compiled.columns.map(resultColumn);
  const rows = namesRepeat(columns) ? await rowsInMemory(compiled, context) : await rowsInFile(compiled, context);
  return { columns, rows, bytesScanned: bytes, planningMs };
}

/** Where the names of a query and the values of its `?` come from. */
export type NameContext = Pick<StatementContext, 'catalog' | 'database' | 'parameters'> & {
  readonly request: Pick<StatementContext['request'], 'parameters'>;
};

export function compileIn(query: Query, context: NameContext): Compiled {
  return compile(query, frontOptions(context));
}

/** Names and types of a query's columns; a name is undefined where the query gives none. */
export function outputIn(query: Query, context: NameContext): ReturnType<typeof outputOf> {
  return outputOf(query, frontOptions(context));
}

function frontOptions(context: NameContext): FrontOptions {
  return {
    relations: relationsOf(context.catalog),
    database: context.database,
    parameters: context.parameters ?? context.request.parameters,
  };
}

function asText(compiled: Compiled): string {
  const items = compiled.columns.map(({ name }, i) => `c${i} AS ${quoteName(name)}`);
  return `SELECT ${items.join(', ')} FROM (${textQuery(compiled)}) AS t`;
}

/** DuckDB renames columns that differ in letter case alone. */
function namesRepeat(columns: readonly ResultColumn[]): boolean {
  return new Set(columns.map(({ name }) => name.toLowerCase())).size < columns.length;
}

async function rowsInFile(compiled: Compiled, context: StatementContext): Promise<EngineResult['rows']> {
  const file = context.newFile();
  const options = 'FORMAT csv, HEADER true, FORCE_QUOTE *';
  try {
    const rowCount = await context.connection.count(`COPY (${asText(compiled)}) TO ${quoteText(file)} (${options})`);
    return { kind: 'csv', file, rowCount };
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

async function rowsInMemory(compiled: Compiled, context: StatementContext): Promise<EngineResult['rows']> {
  const reader = await context.connection.read(asText(compiled));
  return { kind: 'rows', rows: reader.getRowsJson() as unknown as ResultRow[] };
}
