import type { ParserRuleContext } from 'antlr4ng';
import * as G from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import type { Expression, Place, Property, Statement } from '../ast.ts';
import { SqlError } from '../sql.ts';
import { expression } from './expressions.ts';
import { identifier, string } from './literals.ts';
import { placeOf, syntaxError, textOf } from './place.ts';
import { rootQuery, tableName } from './queries.ts';
import { TOO_LARGE, tree } from './tree.ts';
import { unload } from './unload.ts';

type Context = ParserRuleContext;
type Build = (context: Context) => Statement;

const builders = new Map<unknown, Build>();

function on<T extends Context>(
  type: abstract new (...args: never[]) => T,
  build: (context: T, at: Place) => Statement,
): void {
  builders.set(type, (context) => build(context as T, placeOf(context)));
}

/** Parses one statement of Athena's query language (not its Hive DDL); a semicolon at its end is let pass. */
export function parseStatement(sql: string): Statement {
  try {
    return unload(sql) ?? statement(tree(sql, (parser) => parser.singleStatement()).statement());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SqlError('STACK_OVERFLOW', TOO_LARGE);
  }
}

/** Parses an expression that stands alone, such as an execution parameter. */
export function parseExpression(sql: string): Expression {
  return expression(tree(sql, (parser) => parser.standaloneExpression()).expression());
}

function statement(context: Context): Statement {
  const build = builders.get(context.constructor);
  if (build) return build(context);
  const what = context.constructor.name
    .replace(/Context$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
  return { kind: 'other', what, at: placeOf(context) };
}

function likeOf(context: { _pattern?: G.StringContext; _escape?: G.StringContext }) {
  return {
    like: context._pattern ? string(context._pattern) : undefined,
    escape: context._escape ? string(context._escape) : undefined,
  };
}

export function properties(context: G.PropertiesContext | null): readonly Property[] {
  return (context?.propertyAssignments().property() ?? []).map((property) => ({
    name: identifier(property.identifier()).name,
    value: expression(property.propertyValue()),
    at: placeOf(property),
  }));
}

on(G.StatementDefaultContext, (context, at) => ({ kind: 'query', query: rootQuery(context.rootQuery()), at }));

on(G.CreateTableAsSelectContext, (context, at) => {
  if (context.KW_REPLACE()) return { kind: 'other', what: 'CREATE OR REPLACE TABLE', at };
  const query = context.rootQuery();
  if (!query) throw syntaxError(at, 'Expecting: <query>');
  return {
    kind: 'ctas',
    name: tableName(context.tableNameCreate()),
    columns: context
      .columnListCreate()
      ?.columnNameCreate()
      .map((column) => identifier(column.identifier())),
    ifNotExists: context.KW_EXISTS() !== null,
    comment: context._comment ? string(context._comment) : undefined,
    properties: properties(context.properties()),
    query: rootQuery(query),
    withData: context.KW_NO() === null,
    at,
  };
});

on(G.InsertIntoContext, (context, at) => ({
  kind: 'insert',
  name: tableName(context.tableRef()),
  columns: context
    .columnList()
    ?.columnRef()
    .map((column) => {
      const [name, more] = column.qualifiedName()?.identifier() ?? [];
      if (!name || more) throw syntaxError(placeOf(column), 'Expecting: <identifier>');
      return identifier(name);
    }),
  query: rootQuery(context.rootQuery()),
  at,
}));

on(G.CreateViewContext, (context, at) => ({
  kind: 'create-view',
  name: tableName(context.viewNameCreate()),
  replace: context.KW_REPLACE() !== null,
  comment: context._comment ? string(context._comment) : undefined,
  query: rootQuery(context.rootQuery()),
  sql: textOf(context.rootQuery()),
  at,
}));

on(G.DropViewContext, (context, at) => ({
  kind: 'drop-view',
  name: tableName(context.viewRef()),
  ifExists: context.KW_EXISTS() !== null,
  at,
}));
on(G.DropTableContext, (context, at) => ({
  kind: 'drop-table',
  name: tableName(context.tableRef()),
  ifExists: context.KW_EXISTS() !== null,
  at,
}));

on(G.PrepareContext, (context, at) => ({
  kind: 'prepare',
  name: identifier(context.identifier()),
  statement: statement(context.statement()),
  sql: textOf(context.statement()),
  at,
}));
on(G.ExecuteContext, (context, at) => ({
  kind: 'execute',
  name: identifier(context.identifier()),
  parameters: context.expression().map(expression),
  at,
}));
on(G.DeallocateContext, (context, at) => ({ kind: 'deallocate', name: identifier(context.identifier()), at }));
on(G.DescribeInputContext, (context, at) => ({
  kind: 'describe-prepared',
  what: 'input',
  name: identifier(context.identifier()),
  at,
}));
on(G.DescribeOutputContext, (context, at) => ({
  kind: 'describe-prepared',
  what: 'output',
  name: identifier(context.identifier()),
  at,
}));

on(G.ExplainContext, (context, at) => {
  let format: 'TEXT' | 'GRAPHVIZ' | 'JSON' = 'TEXT';
  let type: 'LOGICAL' | 'DISTRIBUTED' | 'VALIDATE' | 'IO' = 'DISTRIBUTED';
  for (const option of context.explainOption()) {
    if (option instanceof G.ExplainFormatContext) format = option._value?.text?.toUpperCase() as typeof format;
    if (option instanceof G.ExplainTypeContext) type = option._value?.text?.toUpperCase() as typeof type;
  }
  const inner = context.statement();
  return { kind: 'explain', analyze: false, format, type, statement: statement(inner), sql: textOf(inner), at };
});
on(G.ExplainAnalyzeContext, (context, at) => {
  const inner = context.statement();
  return {
    kind: 'explain',
    analyze: true,
    format: 'TEXT',
    type: 'DISTRIBUTED',
    statement: statement(inner),
    sql: textOf(inner),
    at,
  };
});

on(G.ShowTablesContext, (context, at) => {
  const schema = context.schemaRef();
  return { kind: 'show-tables', schema: schema ? tableName(schema) : undefined, ...likeOf(context), at };
});
on(G.ShowSchemasContext, (context, at) => {
  const catalog = context.catalogRef();
  return {
    kind: 'show-schemas',
    catalog: catalog ? identifier(catalog.identifier()) : undefined,
    ...likeOf(context),
    at,
  };
});
on(G.ShowCatalogsContext, (context, at) => ({ kind: 'show-catalogs', ...likeOf(context), at }));
on(G.ShowColumnsContext, (context, at) => {
  const name = context.tableOrViewName().tableRef() ?? context.tableOrViewName().viewRef();
  if (!name) throw syntaxError(at, 'Expecting: <identifier>');
  return { kind: 'show-columns', name: tableName(name), ...likeOf(context), at };
});
on(G.ShowFunctionsContext, (context, at) => ({ kind: 'show-functions', ...likeOf(context), at }));
on(G.ShowCreateTableContext, (context, at) => ({
  kind: 'show-create',
  what: 'TABLE',
  name: tableName(context.tableRef()),
  at,
}));
on(G.ShowCreateViewContext, (context, at) => ({
  kind: 'show-create',
  what: 'VIEW',
  name: tableName(context.viewRef()),
  at,
}));
on(G.ShowCreateSchemaContext, (context, at) => ({
  kind: 'show-create',
  what: 'SCHEMA',
  name: tableName(context.schemaRef()),
  at,
}));
