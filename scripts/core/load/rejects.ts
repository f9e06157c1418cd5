import { conditionOf } from '../check/index.ts';
import type { Check, Column, Definitions, TableDefinition } from '../model/definition.ts';
import { UserError } from '../model/exit.ts';
import {
  type Attempt,
  quoteIdentifier,
  quoteString,
  type SelectItem,
  type SelectShape,
  type ShapeFault,
  selectShape,
} from '../sql/index.ts';
import type { LoadedTable } from './graph.ts';

/**
 * Bad rows are found by the statement that loads: load.sql gets further columns, which say of each row from which file it
 * is, how it read there, and which texts could not be cast; around it stands what gives each row its reason.
 */

/** The first partition column of a temporary table with rejects. It is in no table of the lake. */
export const ROWS_COLUMN = 'weir_rows';
export const ACCEPTED = 'accepted';
export const REJECTED = 'rejected';

const FILE_COLUMN = 'weir_file';
const textColumn = (index: number): string => `weir_text_${index + 1}`;

/** A table or view that load.sql reads. */
export interface ReadRelation {
  readonly kind: 'table' | 'view';
  readonly columns: readonly Column[];
}

export type Relations = (database: string, name: string) => ReadRelation | undefined;

/** An output column whose casts can fail, with the column that says of a row that one of them did. */
export interface Flag {
  readonly column: string;
  readonly flag: string;
}

/** load.sql with the columns that rejects need. */
export interface Traced {
  readonly sql: string;
  readonly flags: readonly Flag[];
  /** The columns of the first table, as `weir_text_1` and so on: what the text of a row is made of. */
  readonly columns: readonly Column[];
}

/** Why the rows of a load cannot be followed back to those of a source; undefined where they can. */
export function traceFault(sql: string): ShapeFault | undefined {
  const shape = selectShape(sql);
  return 'message' in shape ? shape : undefined;
}

/** `pathColumn` holds the file's path where the source is restricted to some files. */
export function traced(sql: string, relations: Relations, pathColumn?: string): Traced {
  const shape = selectShape(sql);
  if ('message' in shape) {
    throw new UserError(`a load with rejects cannot be followed row by row: ${shape.message}`, 'npm run validate');
  }
  const weaving: Weaving = { relations, pathColumn, edits: [], count: 0, columns: [] };
  const flags = weave(
    shape,
    shape.items.map((_, index) => index),
    weaving,
  );
  let text = sql;
  for (const edit of weaving.edits.toSorted((a, b) => b.at - a.at)) {
    text = `${text.slice(0, edit.at)}, ${edit.columns.join(', ')}${text.slice(edit.at)}`;
  }
  const named = [...flags].flatMap(([index, flag]) => {
    const column = shape.items[index]?.name;
    return column === undefined ? [] : [{ column, flag }];
  });
  return { sql: text, flags: named, columns: weaving.columns };
}

interface Weaving {
  readonly relations: Relations;
  readonly pathColumn: string | undefined;
  readonly edits: { readonly at: number; readonly columns: readonly string[] }[];
  count: number;
  /** Known as soon as the innermost SELECT is woven. */
  columns: readonly Column[];
}

/** Adds the columns of one SELECT, the inner ones first; answers the flag of each of the items that has one. */
function weave(shape: SelectShape, items: readonly number[], weaving: Weaving): ReadonlyMap<number, string> {
  const { source } = shape;
  const below = source.kind === 'select' ? wovenBelow(source.shape, shape, items, weaving) : undefined;
  const flags = new Map<number, string>();
  const added: string[] = [];
  const prefix = source.alias === undefined ? '' : `${source.alias}.`;
  for (const index of items) {
    const item = shape.items[index]!;
    const passed = below?.get(item.passes ?? '');
    if (item.attempts.length === 0 && passed === undefined) continue;
    weaving.count += 1;
    const flag = `weir_cast_${weaving.count}`;
    // A join may leave the source's side empty.
    const failed = passed === undefined ? failedText(item) : `COALESCE(${prefix}${passed}, FALSE)`;
    added.push(`${failed} AS ${flag}`);
    flags.set(index, flag);
  }
  if (source.kind === 'table') added.push(...originOf(source, weaving));
  else added.push(`${prefix}${FILE_COLUMN}`, ...weaving.columns.map((_, index) => prefix + textColumn(index)));
  weaving.edits.push({ at: shape.insertAt, columns: added });
  return flags;
}

/** The flags of a subquery by the names of its columns: of those that the outer items pass on as they are. */
function wovenBelow(
  inner: SelectShape,
  outer: SelectShape,
  items: readonly number[],
  weaving: Weaving,
): ReadonlyMap<string, string> {
  const passed = new Set(items.map((index) => outer.items[index]!.passes));
  const wanted = inner.items.flatMap((item, index) =>
    item.name !== undefined && passed.has(item.name) ? [index] : [],
  );
  const flags = weave(inner, wanted, weaving);
  return new Map([...flags].map(([index, flag]) => [inner.items[index]!.name ?? '', flag]));
}

function originOf(
  { database, name, alias }: { readonly database: string; readonly name: string; readonly alias: string },
  weaving: Weaving,
): readonly string[] {
  const relation = weaving.relations(database, name);
  const file = relation?.kind === 'table' ? `${alias}.${weaving.pathColumn ?? '"$path"'}` : 'CAST(NULL AS varchar)';
  weaving.columns = relation?.columns ?? [];
  const texts = weaving.columns.map(
    (column, index) => `${alias}.${quoteIdentifier(column.name)} AS ${textColumn(index)}`,
  );
  return [`${file} AS ${FILE_COLUMN}`, ...texts];
}

/** A row of a table as JSON, each value as text: what both engines know since long. Dear, so made of bad rows alone. */
function rowText(columns: readonly Column[]): string {
  if (columns.length === 0) return 'CAST(NULL AS varchar)';
  const keys = columns.map((column) => quoteString(column.name));
  const values = columns.map(({ type }, index) => valueText(textColumn(index), type));
  return `json_format(CAST(map(ARRAY[${keys.join(', ')}], ARRAY[${values.join(', ')}]) AS json))`;
}

function valueText(value: string, type: string): string {
  if (/^(array|map|struct|row|json)\b/i.test(type)) return `json_format(CAST(${value} AS json))`;
  if (/^(binary|varbinary)$/i.test(type)) return `to_hex(${value})`;
  return `CAST(${value} AS varchar)`;
}

function failedText(item: SelectItem): string {
  return item.attempts.map(attemptText).join(' OR ');
}

/** True of a row whose text is there (blanks are none) and could not be read. */
function attemptText(attempt: Attempt): string {
  if (attempt.kind === 'try') {
    return `(${[...attempt.columns.map(isThere), `TRY(${attempt.source}) IS NULL`].join(' AND ')})`;
  }
  const { source, type } = attempt;
  const nested = /^\s*(array|map|row|json)\b/i.test(type);
  const there = nested ? `(${source}) IS NOT NULL` : isThere(source);
  return `(${there} AND TRY_CAST(${source} AS ${type}) IS NULL)`;
}

function isThere(source: string): string {
  return `(${source}) IS NOT NULL AND COALESCE(trim(TRY_CAST(${source} AS varchar)), '?') <> ''`;
}

/** The checks that refuse single rows, where a table has rejects: those that a row can be asked by itself. */
function rowChecks(table: Pick<TableDefinition, 'checks'>): readonly Check[] {
  const kinds: readonly Check['rule']['kind'][] = ['not_null', 'accepted_values', 'range', 'regex'];
  return table.checks.filter((check) => check.severity === 'error' && kinds.includes(check.rule.kind));
}

/** Everything that is wrong with a row `t` of the traced load, `; ` between; NULL for a good one. */
function reasonText(table: LoadedTable, flags: readonly Flag[]): string {
  const types = new Map([...table.columns, ...table.partitions].map((column) => [column.name, column.type]));
  const casts = flags.map(({ column, flag }) => {
    const reason = quoteString(`${column} is no ${types.get(column) ?? 'value'}`);
    return `CASE WHEN t.${quoteIdentifier(column)} IS NULL AND t.${flag} THEN ${reason} END`;
  });
  const checks = rowChecks(table).flatMap((check) => {
    const condition = rowCondition(table, check, flags);
    return condition === undefined ? [] : [`CASE WHEN ${condition} THEN ${quoteString(`check ${check.name}`)} END`];
  });
  const parts = [...casts, ...checks];
  if (parts.length === 0) return 'CAST(NULL AS varchar)';
  return `NULLIF(array_join(ARRAY[${parts.join(', ')}], '; '), '')`;
}

/** The traced load with the reason of each row. The load's own text begins three lines below the beginning. */
export function judgedQuery(table: LoadedTable, { sql, flags }: Pick<Traced, 'sql' | 'flags'>): string {
  return `SELECT t.*, ${reasonText(table, flags)} AS reject_reason\nFROM (\n${sql}\n) AS t`;
}

/** What a load can read, by name. */
export function relationsOf({ tables, views }: Pick<Definitions, 'tables' | 'views'>): Relations {
  return (database, name) => [...tables, ...views].find((each) => each.database === database && each.name === name);
}

/** A value that could not be cast has its reason: that it is missing too need not be said. */
function rowCondition(table: LoadedTable, check: Check, flags: readonly Flag[]): string | undefined {
  if (check.rule.kind !== 'not_null') {
    const nowhere = { database: '', name: '' };
    return conditionOf(check, { table, rows: nowhere, rename: (database) => database });
  }
  const conditions = check.rule.columns.map((column) => {
    const flag = flags.find((each) => each.column === column)?.flag;
    const missing = `t.${quoteIdentifier(column)} IS NULL`;
    return flag === undefined ? missing : `(${missing} AND NOT t.${flag})`;
  });
  return conditions.join(' OR ');
}

/** The columns of the rejects table, computed from the traced load `loaded`; NULL in the rows that are accepted. */
export function rejectColumns(loadId: string, columns: readonly Column[]): readonly string[] {
  const told = (value: string, name: string): string =>
    `CASE WHEN reject_reason IS NOT NULL THEN ${value} END AS ${name}`;
  return [
    told(quoteString(loadId), 'reject_load'),
    told(FILE_COLUMN, 'reject_file'),
    'CAST(NULL AS bigint) AS reject_line',
    'reject_reason',
    told(rowText(columns), 'reject_text'),
    // Plain varchar: Glue is asked for partitions by their type, and knows none called varchar(8).
    `CAST(CASE WHEN reject_reason IS NULL THEN ${quoteString(ACCEPTED)} ELSE ${quoteString(REJECTED)} END AS varchar) AS ${ROWS_COLUMN}`,
  ];
}
