import { notImplemented } from '../engine/failure.ts';
import { createView as keepView } from '../engine/views.ts';
import { SqlError, type Statement } from '../sql/index.ts';
import { parseStatement } from '../sql/parse/statements.ts';
import { finish, type TrinoContext } from './context.ts';
import { columnsOnly, nameLiteral } from './text.ts';

type CreateView = Extract<Statement, { kind: 'create-view' }>;

/**
 * CREATE VIEW: kept in Glue as Athena keeps it, its text as it was written (Trino would write its own), its types as
 * Trino gives them.
 */
export async function createView(statement: CreateView, sql: string, context: TrinoContext): Promise<void> {
  const { catalog } = context.trino;
  if (catalog !== 'awsdatacatalog') {
    // The catalog's name is part of a view in Glue.
    throw notImplemented(`CREATE VIEW with a Trino whose catalog is called ${catalog}, not awsdatacatalog,`);
  }
  const { run } = await finish(columnsOnly(sql, statement.sql), context);
  await refuseUnnamed(run.columns, statement, sql, context);
  const items = run.columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${nameLiteral(name)}`);
  const typed = parseStatement(`SELECT ${items.join(', ')}`);
  if (typed.kind !== 'query') throw new Error('a SELECT is no query');
  // The parameters have gone to Trino; the typed query has no `?`.
  const names = { catalog: context.catalog, database: context.database, request: { parameters: [] } };
  await keepView({ ...statement, query: typed.query }, names);
}

/** A column without a name comes as _col0, and can't be asked for by that name. */
async function refuseUnnamed(
  columns: readonly { readonly name: string }[],
  statement: CreateView,
  sql: string,
  context: TrinoContext,
): Promise<void> {
  for (const [index, { name }] of columns.entries()) {
    if (name !== `_col${index}`) continue;
    const asked = columnsOnly(sql, statement.sql).replace('SELECT *', `SELECT ${nameLiteral(name)}`);
    await finish(asked, context).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 'COLUMN_NOT_FOUND') throw error;
      throw new SqlError('MISSING_COLUMN_NAME', `Column name not specified at position ${index + 1}`, 1, 1);
    });
  }
}
