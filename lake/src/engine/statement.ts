import type { Classification, StatementType } from '../athena/engine.ts';
import { HiveSyntaxError, parseHive } from '../hive/parse.ts';
import type { HiveStatement } from '../hive/statement.ts';
import type { Statement } from '../sql/ast.ts';
import { parseStatement } from '../sql/parse/statements.ts';
import { SqlError } from '../sql/sql.ts';

/** A statement of either of Athena's two languages. */
export type AnyStatement =
  | { readonly language: 'hive'; readonly statement: HiveStatement }
  | { readonly language: 'trino'; readonly statement: Statement };

const SKIPPED = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/;

/** The first words of a statement, lower case, comments passed over. */
function firstWords(sql: string, count: number): readonly string[] {
  const words: string[] = [];
  let rest = sql;
  while (words.length < count) {
    rest = rest.replace(SKIPPED, '');
    const word = /^[A-Za-z_]+/.exec(rest)?.[0];
    if (word === undefined) break;
    words.push(word.toLowerCase());
    rest = rest.slice(word.length);
  }
  return words;
}

function isHive(sql: string): boolean {
  const [first, second, third] = firstWords(sql, 3);
  switch (first) {
    case 'alter':
    case 'msck':
    case 'desc':
      return true;
    case 'describe':
      return !(second === 'input' || second === 'output');
    case 'show':
      if (second === 'create' && third === 'view' && sql.includes('"')) return false;
      return !['functions', 'catalogs', 'stats', 'session', 'grants', 'roles', 'role', 'current'].includes(
        second ?? '',
      );
    case 'create':
      return ['external', 'database', 'schema'].includes(second ?? '');
    case 'drop':
      return ['table', 'database', 'schema'].includes(second ?? '') || (second === 'view' && sql.includes('`'));
    default:
      return false;
  }
}

/** Statements are parsed when they are handed in and again when they run: the last ones are kept. */
const recent = new Map<string, AnyStatement>();
const MOST_RECENT = 64;
const MOST_KEPT_TEXT = 16_384;

/** Parses a statement; throws `SqlError` or `HiveSyntaxError`. */
export function parseAny(sql: string): AnyStatement {
  const known = recent.get(sql);
  if (known !== undefined) return known;
  const parsed = parse(sql);
  if (sql.length <= MOST_KEPT_TEXT) {
    if (recent.size >= MOST_RECENT) recent.delete(recent.keys().next().value!);
    recent.set(sql, parsed);
  }
  return parsed;
}

function parse(sql: string): AnyStatement {
  if (isHive(sql)) return { language: 'hive', statement: parseHive(sql) };
  const [first, second] = firstWords(sql, 2);
  if (first === 'create' && second === 'table') return createTableOf(sql);
  return { language: 'trino', statement: parseStatement(sql) };
}

/** CREATE TABLE is CTAS, in Trino's words, or a table in Hive's. */
function createTableOf(sql: string): AnyStatement {
  try {
    const statement = parseStatement(sql);
    if (statement.kind === 'ctas') return { language: 'trino', statement };
  } catch (error) {
    if (/\bas\s*\(?\s*(select|with|values|table)\b/i.test(sql)) throw error;
  }
  return { language: 'hive', statement: parseHive(sql) };
}

/** What StartQueryExecution reports of a statement, or why it refuses it. */
export function classify(sql: string): Classification {
  try {
    const parsed = parseAny(sql);
    const [statementType, substatementType] = kindOf(parsed);
    return { kind: 'statement', statementType, substatementType };
  } catch (error) {
    return { kind: 'refused', message: syntaxMessage(error) };
  }
}

export function syntaxMessage(error: unknown): string {
  if (error instanceof HiveSyntaxError) return error.message;
  if (error instanceof SqlError) return withPlace(error);
  return error instanceof Error ? error.message : String(error);
}

export function withPlace(error: SqlError): string {
  const { line, column, message } = error;
  return line === undefined || /^line \d+:\d+: /.test(message) ? message : `line ${line}:${column ?? 1}: ${message}`;
}

const TRINO: Readonly<Record<Statement['kind'], readonly [StatementType, string]>> = {
  query: ['DML', 'SELECT'],
  ctas: ['DDL', 'CREATE_TABLE_AS_SELECT'],
  insert: ['DML', 'INSERT'],
  'create-view': ['DDL', 'CREATE_VIEW'],
  'drop-view': ['DDL', 'DROP_VIEW'],
  'drop-table': ['DDL', 'DROP_TABLE'],
  unload: ['DML', 'UNLOAD'],
  prepare: ['DDL', 'PREPARE'],
  execute: ['DML', 'EXECUTE'],
  deallocate: ['DDL', 'DEALLOCATE'],
  explain: ['UTILITY', 'EXPLAIN'],
  'show-tables': ['UTILITY', 'SHOW_TABLES'],
  'show-schemas': ['UTILITY', 'SHOW_DATABASES'],
  'show-catalogs': ['UTILITY', 'SHOW_CATALOGS'],
  'show-columns': ['UTILITY', 'SHOW_COLUMNS'],
  'show-create': ['UTILITY', 'SHOW_CREATE_TABLE'],
  'show-functions': ['UTILITY', 'SHOW_FUNCTIONS'],
  'describe-prepared': ['UTILITY', 'DESCRIBE'],
  other: ['DDL', 'OTHER'],
};

const HIVE: Readonly<Record<HiveStatement['kind'], readonly [StatementType, string]>> = {
  'create database': ['DDL', 'CREATE_DATABASE'],
  'drop database': ['DDL', 'DROP_DATABASE'],
  'alter database': ['DDL', 'ALTER_DATABASE_SET_DBPROPERTIES'],
  'create table': ['DDL', 'CREATE_TABLE'],
  'drop table': ['DDL', 'DROP_TABLE'],
  'drop view': ['DDL', 'DROP_VIEW'],
  'repair table': ['DDL', 'MSCK_REPAIR_TABLE'],
  'add partitions': ['DDL', 'ALTER_TABLE_ADD_PARTITION'],
  'drop partitions': ['DDL', 'ALTER_TABLE_DROP_PARTITION'],
  'rename partition': ['DDL', 'ALTER_TABLE_RENAME_PARTITION'],
  'set location': ['DDL', 'ALTER_TABLE_SET_LOCATION'],
  'add columns': ['DDL', 'ALTER_TABLE_ADD_COLUMNS'],
  'replace columns': ['DDL', 'ALTER_TABLE_REPLACE_COLUMNS'],
  'change column': ['DDL', 'ALTER_TABLE_CHANGE_COLUMN'],
  'set properties': ['DDL', 'ALTER_TABLE_SET_TBLPROPERTIES'],
  'show databases': ['UTILITY', 'SHOW_DATABASES'],
  'show tables': ['UTILITY', 'SHOW_TABLES'],
  'show views': ['UTILITY', 'SHOW_VIEWS'],
  'show columns': ['UTILITY', 'SHOW_COLUMNS'],
  'show partitions': ['UTILITY', 'SHOW_PARTITIONS'],
  'show create table': ['UTILITY', 'SHOW_CREATE_TABLE'],
  'show create view': ['UTILITY', 'SHOW_CREATE_VIEW'],
  'show properties': ['UTILITY', 'SHOW_TBLPROPERTIES'],
  describe: ['UTILITY', 'DESCRIBE_TABLE'],
};

export function kindOf(parsed: AnyStatement): readonly [StatementType, string] {
  return parsed.language === 'hive' ? HIVE[parsed.statement.kind] : TRINO[parsed.statement.kind];
}
