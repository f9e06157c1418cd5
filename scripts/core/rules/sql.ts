import type { Finding, Place } from '../model/finding.ts';
import { fault } from './catalogue.ts';
import {
  byteLength,
  type Context,
  fullName,
  MOST_QUERY_BYTES,
  type Rule,
  SQL_LIMITS,
  type SqlFile,
  tooBig,
  tooDeep,
  UNREAD,
} from './context.ts';

/** What each SQL file says, file by file. */
export const sqlRules: Rule = (context) =>
  context.sqls.flatMap((file) => [...form(file), ...parameters(file), ...tables(context, file)]);

const start = (file: SqlFile): Place => ({ path: file.path, line: 1, column: 1 });

/** What keeps a text from being one SELECT that Athena takes. */
export function form(file: SqlFile): readonly Finding[] {
  const { parsed, text, path } = file;
  if (tooBig(text)) {
    const message = `${byteLength(text)} bytes, Athena takes ${MOST_QUERY_BYTES}`;
    return [fault('sql-too-big', start(file), message, 'select less, or move parts into views')];
  }
  const deep = tooDeep(text);
  if (parsed === UNREAD) {
    const place = { path, ...lineAndColumn(text, deep?.start ?? 0) };
    const message = `more than ${SQL_LIMITS.depth} brackets deep or ${SQL_LIMITS.tokens} words long`;
    return [fault('sql-too-deep', place, message, 'move parts into WITH clauses or views')];
  }
  const [error] = parsed.errors;
  if (error !== undefined) {
    return [
      fault(
        'sql-syntax',
        { path, line: error.line, column: error.column },
        error.message,
        'correct the SQL at the caret',
      ),
    ];
  }
  if (parsed.statementCount === 0) return [fault('sql-empty', start(file), 'no statement', 'write one SELECT')];
  if (parsed.statementCount > 1) {
    const message = `${parsed.statementCount} statements`;
    return [fault('sql-statements', start(file), message, 'keep one SELECT a file')];
  }
  if (parsed.kind !== 'select')
    return [
      fault('sql-not-select', start(file), 'this is not a SELECT', 'write the SELECT alone; Weir writes the DDL'),
    ];
  if (/;\s*$/.test(text)) {
    const place = { path, ...lineAndColumn(text, text.lastIndexOf(';')) };
    return [
      fault('sql-semicolon', place, 'a semicolon at the end', 'remove it: the text becomes part of a longer statement'),
    ];
  }
  return [];
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

const ALLOWED: Readonly<Record<SqlFile['use'], readonly string[]>> = {
  load: ['from', 'to'],
  check: ['table'],
  view: [],
  query: [],
};

/** The same fault more often than this in one file is one mistake. */
const MOST_OF_ONE_KIND = 20;

function parameters(file: SqlFile): readonly Finding[] {
  return file.parsed.parameters
    .filter(({ name }) => !ALLOWED[file.use].includes(name))
    .slice(0, MOST_OF_ONE_KIND)
    .map(({ name, line, column }) => {
      const cure =
        name === 'table' ? 'name the table: database.table' : 'write the day itself, or leave the condition out';
      return fault('sql-parameter', { path: file.path, line, column }, `:${name} has no value in a ${file.use}`, cure);
    });
}

function tables(context: Context, file: SqlFile): readonly Finding[] {
  const { lake, tables, views } = context.definitions;
  const known = new Set([...tables, ...views].map(fullName));
  return file.parsed.tables.flatMap((table) => {
    if (table.isCte) return [];
    const place = { path: file.path, line: table.line, column: table.column };
    if (table.catalog !== undefined) {
      const message = `${table.catalog.name}.${table.database}.${table.name} names a catalog`;
      return [fault('sql-catalog', place, message, `write ${table.database}.${table.name}`)];
    }
    if (table.database === undefined) {
      const like = [...known].find((name) => name.endsWith(`.${table.name}`));
      const cure = like === undefined ? 'write database.table' : `write ${like}`;
      return [fault('sql-unqualified', place, `${table.name} stands without its database`, cure)];
    }
    if (!Object.hasOwn(lake.databases, table.database)) {
      if (!context.trees.has('pipeline/lake.yaml')) return [];
      const message = `lake.yaml has no database ${table.database}`;
      return [fault('sql-unknown-database', place, message, `use one of ${Object.keys(lake.databases).join(', ')}`)];
    }
    const name = `${table.database}.${table.name}`;
    if (known.has(name)) return [];
    const message = `there is no table or view ${name}`;
    return [
      fault(
        'sql-unknown-table',
        place,
        message,
        'define it below pipeline/tables or pipeline/views, or correct the name',
      ),
    ];
  });
}
