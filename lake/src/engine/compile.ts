import { HiveSyntaxError } from '../hive/parse.ts';
import type { Query } from '../sql/ast.ts';
import { type Relation, type Relations, SqlError } from '../sql/sql.ts';
import { displayType, parseHiveType, parseTrinoType } from '../sql/types/index.ts';
import type { Type } from '../sql/types.ts';
import { compile } from './front.ts';
import { HIDDEN } from './scan/hidden.ts';
import { parseAny } from './statement.ts';

/** POST /_lake/compile: what SELECTs would give over tables and views that need not exist. Nothing is kept. */
export interface CompileRequest {
  readonly tables?: readonly {
    readonly database: string;
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly partitions?: readonly { readonly name: string; readonly type: string }[];
  }[];
  readonly views?: readonly {
    readonly database: string;
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly sql: string;
  }[];
  readonly statements?: readonly { readonly id: string; readonly sql: string; readonly database?: string }[];
}

export type CompileAnswer = { readonly id: string } & (
  | { readonly columns: readonly { readonly name: string; readonly type: string }[] }
  | {
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly line: number;
        readonly column: number;
      };
    }
);

/** Throws a `TypeError` where the body is not of the shape above. */
export function compileRequest(body: unknown): { readonly results: readonly CompileAnswer[] } {
  const request = checked(body);
  const relations = relationsOf(request);
  return { results: (request.statements ?? []).map(({ id, sql, database }) => answer(id, sql, database, relations)) };
}

function checked(body: unknown): CompileRequest {
  const request = body as CompileRequest | null;
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    throw new TypeError('the body must be a JSON object');
  for (const key of ['tables', 'views', 'statements'] as const) {
    if (request[key] !== undefined && !Array.isArray(request[key])) throw new TypeError(`${key} must be a list`);
  }
  for (const statement of request.statements ?? []) {
    if (typeof statement?.id !== 'string' || typeof statement.sql !== 'string') {
      throw new TypeError('each of statements needs id and sql');
    }
    if (statement.database !== undefined && typeof statement.database !== 'string')
      throw new TypeError('the database of a statement must be a text');
  }
  for (const relation of [...(request.tables ?? []), ...(request.views ?? [])]) {
    const named = typeof relation?.database === 'string' && typeof relation.name === 'string';
    if (!named || !areColumns(relation.columns))
      throw new TypeError('tables and views need database, name and columns, columns name and type');
  }
  if (request.tables?.some(({ partitions }) => partitions !== undefined && !areColumns(partitions)))
    throw new TypeError('partitions of a table must be a list of columns');
  if (request.views?.some(({ sql }) => typeof sql !== 'string')) throw new TypeError('each of views needs sql');
  return request;
}

function areColumns(value: unknown): boolean {
  const isColumn = (each: unknown) => {
    const { name, type } = (each ?? {}) as { name?: unknown; type?: unknown };
    return typeof name === 'string' && typeof type === 'string';
  };
  return Array.isArray(value) && value.every(isColumn);
}

/** Four times what Athena takes: the parser would hold up all clients for longer texts. */
const LONGEST_SQL = 1024 * 1024;

function answer(id: string, sql: string, database: string | undefined, relations: Relations): CompileAnswer {
  try {
    const options = { relations, database: (database ?? 'default').toLowerCase(), parameters: [] };
    const { columns } = compile(queryOf(sql), options);
    return { id, columns: columns.map(({ name, type }) => ({ name, type: displayType(type) })) };
  } catch (error) {
    return { id, error: described(error) };
  }
}

/** The query of a SELECT, or of a statement that has one. */
function queryOf(sql: string): Query {
  if (sql.length > LONGEST_SQL)
    throw new SqlError('QUERY_TEXT_TOO_LARGE', `Query text is longer than ${LONGEST_SQL}`, 1, 1);
  const parsed = parseAny(sql);
  if (parsed.language === 'trino' && 'query' in parsed.statement) return parsed.statement.query;
  throw new SqlError('NOT_SUPPORTED', 'This statement has no SELECT', 1, 1);
}

function described(error: unknown): Extract<CompileAnswer, { error: unknown }>['error'] {
  if (error instanceof SqlError) {
    const message = error.message.replace(/^line \d+:\d+: /, '');
    return { name: error.code, message, line: error.line ?? 1, column: error.column ?? 1 };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof HiveSyntaxError) {
    return {
      name: 'SYNTAX_ERROR',
      message: message.replace(/^line \d+:\d+: /, ''),
      line: error.line,
      column: error.column,
    };
  }
  const code = (error as { code?: unknown }).code;
  return { name: typeof code === 'string' ? code : 'GENERIC_INTERNAL_ERROR', message, line: 1, column: 1 };
}

function relationsOf(request: CompileRequest): Relations {
  const found = new Map<string, Relation>();
  const databases = new Set<string>();
  const add = (relation: Relation) => {
    databases.add(relation.database);
    found.set(`${relation.database}.${relation.name}`, relation);
  };
  for (const { database, name, columns, partitions = [] } of request.tables ?? []) {
    const own = [...columns, ...partitions].map((column) => typed(column, parseHiveType, `${database}.${name}`));
    const hidden = HIDDEN.map((column) => ({ ...column, hidden: true }));
    const partitionColumns = partitions.map((column) => column.name.toLowerCase());
    add({ kind: 'table', ...lower(database, name), columns: [...own, ...hidden], partitionColumns });
  }
  for (const { database, name, columns, sql } of request.views ?? []) {
    const own = columns.map((column) => typed(column, parseTrinoType, `${database}.${name}`));
    add({ kind: 'view', ...lower(database, name), columns: own, sql, defaultDatabase: database.toLowerCase() });
  }
  return {
    find: (database, name) => found.get(`${database}.${name}`) ?? (databases.has(database) ? undefined : 'no-database'),
  };
}

function lower(database: string, name: string): { database: string; name: string } {
  return { database: database.toLowerCase(), name: name.toLowerCase() };
}

function typed(
  column: { readonly name: string; readonly type: string },
  parse: (text: string) => Type | undefined,
  table: string,
): { name: string; type: Type } {
  const type = parse(column.type);
  if (type === undefined) throw new TypeError(`the type of ${table}.${column.name} is not known: ${column.type}`);
  return { name: column.name.toLowerCase(), type };
}
