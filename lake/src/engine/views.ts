import type { GlueColumn, GlueTableInput } from '../catalog/catalog.ts';
import type { Statement } from '../sql/ast.ts';
import { SqlError } from '../sql/sql.ts';
import { displayType, hiveType } from '../sql/types/index.ts';
import type { Type } from '../sql/types.ts';
import { asFailure } from './ddl/place.ts';
import { qualified } from './names.ts';
import { type NameContext, outputIn } from './query.ts';
import type { StatementContext } from './statement-context.ts';
import { isView } from './table-meta.ts';
import { encodeView, VIEW_EXPANDED_TEXT } from './view-text.ts';

/** CREATE [OR REPLACE] VIEW: the query is analysed now, and the types that it has now are kept. */
export async function createView(
  statement: Extract<Statement, { kind: 'create-view' }>,
  context: NameContext,
): Promise<void> {
  const { database, name } = qualified(statement.name, context.database);
  const { line, column } = statement.at;
  if (context.catalog.database(database) === undefined) {
    throw new SqlError('NOT_FOUND', `Schema ${database} not found`);
  }
  const there = context.catalog.table(database, name);
  if (there !== undefined && !isView(there)) {
    throw new SqlError(
      'TABLE_ALREADY_EXISTS',
      `Table already exists: 'awsdatacatalog.${database}.${name}'`,
      line,
      column,
    );
  }
  if (there !== undefined && !statement.replace) {
    throw new SqlError(
      'TABLE_ALREADY_EXISTS',
      `View already exists: 'awsdatacatalog.${database}.${name}'`,
      line,
      column,
    );
  }
  const columns = namedColumns(outputIn(statement.query, context));
  const input = viewInput(name, statement, columns, context.database);
  try {
    if (there === undefined) await context.catalog.createTable(database, input);
    else await context.catalog.updateTable(database, input, { versionId: there.VersionId });
  } catch (error) {
    throw asFailure(error);
  }
}

function namedColumns(columns: ReturnType<typeof outputIn>): readonly { readonly name: string; readonly type: Type }[] {
  const seen = new Set<string>();
  return columns.map((column, index) => {
    const name = column.name?.toLowerCase();
    if (name === undefined) {
      throw new SqlError('MISSING_COLUMN_NAME', `Column name not specified at position ${index + 1}`, 1, 1);
    }
    if (seen.has(name)) {
      throw new SqlError('DUPLICATE_COLUMN_NAME', `Column name '${name}' specified more than once`, 1, 1);
    }
    if (column.type.kind === 'unknown') {
      throw new SqlError('COLUMN_TYPE_UNKNOWN', `Column type is unknown: ${name}`, 1, 1);
    }
    seen.add(name);
    return { name, type: column.type };
  });
}

function viewInput(
  name: string,
  statement: Extract<Statement, { kind: 'create-view' }>,
  columns: readonly { readonly name: string; readonly type: Type }[],
  schema: string,
): GlueTableInput {
  const text = encodeView({
    originalSql: statement.sql,
    catalog: 'awsdatacatalog',
    schema,
    columns: columns.map((column) => ({ name: column.name, type: displayType(column.type) })),
  });
  const comment = statement.comment ?? 'Presto View';
  return {
    Name: name,
    Owner: 'hadoop',
    Retention: 0,
    TableType: 'VIRTUAL_VIEW',
    ViewOriginalText: text,
    ViewExpandedText: VIEW_EXPANDED_TEXT,
    PartitionKeys: [],
    Parameters: { presto_view: 'true', comment },
    StorageDescriptor: {
      Columns: columns.map(viewColumn),
      Location: '',
      Compressed: false,
      NumberOfBuckets: 0,
      SerdeInfo: {},
      SortColumns: [],
      StoredAsSubDirectories: false,
    },
  };
}

/** Hive's type, or string where Hive has none. */
function viewColumn(column: { readonly name: string; readonly type: Type }): GlueColumn {
  return { Name: column.name, Type: hiveType(column.type) ?? 'string' };
}

export async function dropView(
  name: { readonly database: string; readonly name: string },
  ifExists: boolean,
  context: Pick<StatementContext, 'catalog'>,
): Promise<void> {
  const table = context.catalog.table(name.database, name.name);
  if (table === undefined) {
    if (ifExists) return;
    throw new SqlError(
      'GENERIC_USER_ERROR',
      `View 'awsdatacatalog.${name.database}.${name.name}' does not exist`,
      1,
      1,
    );
  }
  if (!isView(table)) {
    const text = `View 'awsdatacatalog.${name.database}.${name.name}' does not exist, but a table with that name exists. Did you mean DROP TABLE awsdatacatalog.${name.database}.${name.name}?`;
    throw new SqlError('GENERIC_USER_ERROR', text, 1, 1);
  }
  await context.catalog.deleteTable(name.database, name.name);
}
