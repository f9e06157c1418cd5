import { refuse } from './analyze/refuse.ts';
import type { CompileOptions } from './analyze/state.ts';
import type { Statement } from './ast.ts';
import { emitCast } from './casts/cast.ts';
import { compileQuery } from './compile.ts';
import { findTarget } from './plan/target.ts';
import type { Compiled, Relation } from './sql.ts';
import { canCoerce, displayType, sameType } from './types/index.ts';
import type { Type } from './types.ts';

type Insert = Extract<Statement, { kind: 'insert' }>;
type Ctas = Extract<Statement, { kind: 'ctas' }>;

export interface CompiledInsert {
  readonly target: Extract<Relation, { kind: 'table' }>;
  /** One column for each of the table's, in the table's order and types; c0, c1, ... */
  readonly compiled: Compiled;
}

/** INSERT INTO: the query's columns brought to the table's, null for those that are not named. */
export function compileInsert(statement: Insert, options: CompileOptions): CompiledInsert {
  const { at } = statement;
  const target = findTarget(statement.name, at, options);
  if (!target) throw missing(statement, options);
  if (target.kind === 'view') throw refuse('NOT_SUPPORTED', at, 'Inserting into views is not supported');
  const visible = target.columns.filter((column) => !column.hidden);
  const names =
    statement.columns?.map((column) => column.name.toLowerCase()) ?? visible.map((column) => column.name.toLowerCase());
  const known = new Map(visible.map((column) => [column.name.toLowerCase(), column.type]));
  const seen = new Set<string>();
  for (const name of names) {
    if (!known.has(name))
      throw refuse('COLUMN_NOT_FOUND', at, `Insert column name does not exist in target table: ${name}`);
    if (seen.has(name))
      throw refuse('DUPLICATE_COLUMN_NAME', at, `Insert column name is specified more than once: ${name}`);
    seen.add(name);
  }
  const compiled = compileQuery(statement, options);
  const wanted = names.map((name) => known.get(name)!);
  const given = compiled.columns.map((column) => column.type);
  if (wanted.length !== given.length || !given.every((type, index) => assignable(type, wanted[index]!))) {
    const list = (types: readonly Type[]) => `[${types.map(displayType).join(', ')}]`;
    throw refuse(
      'TYPE_MISMATCH',
      at,
      `Insert query has mismatched column types: Table: ${list(wanted)}, Query: ${list(given)}`,
    );
  }
  return { target, compiled: arrange(compiled, visible, names) };
}

/** What may be stored in a column: what is coerced, and text into shorter text. */
function assignable(from: Type, to: Type): boolean {
  if (from.kind === 'varchar' && (to.kind === 'varchar' || to.kind === 'char')) return true;
  if (from.kind === 'char' && to.kind === 'char') return true;
  if (from.kind === 'timestamp' && to.kind === 'timestamp' && from.zone === to.zone) return true;
  return canCoerce(from, to);
}

function arrange(
  compiled: Compiled,
  visible: readonly { readonly name: string; readonly type: Type }[],
  names: readonly string[],
): Compiled {
  const columns = visible.map((column, index) => {
    const position = names.indexOf(column.name.toLowerCase());
    if (position < 0) return `${emitCast('NULL', { kind: 'unknown' }, column.type)} AS c${index}`;
    const from = compiled.columns[position]!.type;
    const sql = `i.c${position}`;
    return `${sameType(from, column.type) ? sql : emitCast(sql, from, column.type)} AS c${index}`;
  });
  return {
    ...compiled,
    sql: `SELECT ${columns.join(', ')} FROM (${compiled.sql}) AS i`,
    columns: visible.map(({ name, type }) => ({ name, type })),
  };
}

function missing(statement: Insert, options: CompileOptions): Error {
  const name = fullName(statement, options);
  return refuse('TABLE_NOT_FOUND', statement.at, `Table '${name}' does not exist`);
}

function fullName(statement: Insert | Ctas, options: CompileOptions): string {
  const parts = statement.name.parts.map((part) => part.name.toLowerCase());
  const [table, database = options.defaultDatabase, catalog = options.catalog ?? 'awsdatacatalog'] = parts.toReversed();
  return `${catalog}.${database}.${table}`;
}

/** CREATE TABLE AS: the query, its columns named. `IF NOT EXISTS` over a table that is there gives `undefined`. */
export function compileCtas(statement: Ctas, options: CompileOptions): Compiled | undefined {
  const { at } = statement;
  const existing = findTarget(statement.name, at, options);
  if (existing && statement.ifNotExists) return undefined;
  if (existing) {
    throw refuse('TABLE_ALREADY_EXISTS', at, `Destination table '${fullName(statement, options)}' already exists`);
  }
  const compiled = compileQuery(statement, options);
  const given = statement.columns;
  if (given && given.length !== compiled.columns.length) {
    const message = `Column alias list has ${given.length} entries but relation has ${compiled.columns.length} columns`;
    throw refuse('MISMATCHED_COLUMN_ALIASES', at, message);
  }
  const columns = compiled.columns.map((column, index) => ({ ...column, name: given?.[index]?.name ?? column.name }));
  checkColumns(columns, compiled, given !== undefined, at);
  return { ...compiled, columns };
}

function checkColumns(columns: Compiled['columns'], compiled: Compiled, named: boolean, at: Statement['at']): void {
  const seen = new Set<string>();
  for (const [index, column] of columns.entries()) {
    if (!named && compiled.unnamed?.includes(index)) {
      throw refuse('MISSING_COLUMN_NAME', at, `Column name not specified at position ${index + 1}`);
    }
    const name = column.name.toLowerCase();
    if (seen.has(name)) throw refuse('DUPLICATE_COLUMN_NAME', at, `Column name '${name}' specified more than once`);
    seen.add(name);
    if (column.type.kind === 'unknown') {
      throw refuse('COLUMN_TYPE_UNKNOWN', at, `Column type is unknown at position ${index + 1}`);
    }
  }
}
