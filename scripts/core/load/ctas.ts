import { amongPartitions } from '../check/literal.ts';
import type { Compression, TableDefinition, TableFormat } from '../model/definition.ts';
import { UserError } from '../model/exit.ts';
import type { Day } from '../partition/index.ts';
import {
  parseSelect,
  quoteIdentifier,
  quoteRelation,
  quoteString,
  replaceTable,
  rewriteDatabases,
  substitute,
  withColumn,
} from '../sql/index.ts';
import type { LoadedTable } from './graph.ts';
import { judgedQuery, type Relations, ROWS_COLUMN, rejectColumns, traced } from './rejects.ts';
import { commonPrefix } from './sources.ts';

/** Athena takes a statement of at most 262,144 bytes in UTF-8. */
export const MOST_SQL_BYTES = 262_144;

export interface CtasRequest {
  readonly table: LoadedTable;
  readonly staging: { readonly database: string; readonly name: string };
  /** s3://bucket/prefix/ that is empty: Athena refuses any other. */
  readonly location: string;
  readonly days: { readonly from: Day; readonly to: Day } | undefined;
  /** Keep only these partitions: the range has days in it that are not to be loaded. */
  readonly only: readonly (readonly string[])[] | undefined;
  readonly rename: (database: string) => string;
  /** Read only these objects of a source: mode files. */
  readonly objects?: SourceObjects;
  /** Set apart the rows that cannot be loaded; what is read must be known for that. */
  readonly rejects?: { readonly loadId: string; readonly relations: Relations } | undefined;
}

export interface SourceObjects {
  readonly table: TableDefinition;
  /** s3://bucket/key of each. */
  readonly paths: readonly string[];
  /** The partitions of the source that they are in, so that no other is looked at. */
  readonly partitions: readonly (readonly string[])[];
}

/** The column that says from which object a row is, in the restricted source. */
const PATH_COLUMN = 'weir_path';

/** CREATE TABLE AS that writes one load's files: declared columns in their order, sorted, as the definition says. */
export function ctas(request: CtasRequest): string {
  const { table, staging, rejects } = request;
  const keys = [...(rejects === undefined ? [] : [ROWS_COLUMN]), ...table.partitions.map((column) => column.name)];
  const columns = table.columns.map((column) => quoteIdentifier(column.name));
  const rows = rowsOf(request);
  const partitions = table.partitions.map((column) => quoteIdentifier(column.name));
  const sorted = [...keys, ...table.sortedBy].map(quoteIdentifier);
  const lines = [
    `CREATE TABLE ${quoteRelation(staging.database, staging.name)}`,
    `WITH (\n  ${properties(table, request.location, keys).join(',\n  ')}\n)`,
    `AS SELECT ${[...columns, ...rows.columns, ...partitions].join(', ')}`,
    `FROM (${rows.query}) AS loaded`,
    ...(request.only === undefined ? [] : [`WHERE ${amongPartitions(table.partitions, request.only)}`]),
    ...(sorted.length === 0 ? [] : [`ORDER BY ${sorted.join(', ')}`]),
  ];
  const sql = lines.join('\n');
  const bytes = new TextEncoder().encode(sql).length;
  if (bytes > MOST_SQL_BYTES) {
    const { path, line, column } = table.load.sqlPlace;
    throw new UserError(
      `the statement would have ${bytes} bytes, Athena takes ${MOST_SQL_BYTES}`,
      'make load.sql shorter, for instance by a view of its parts',
      { where: `${path}:${line}:${column}` },
    );
  }
  return sql;
}

/** The rows of the load; where it has rejects, with what is wrong with each and the columns that tell it. */
function rowsOf(request: CtasRequest): { readonly query: string; readonly columns: readonly string[] } {
  const { table, rejects } = request;
  if (rejects === undefined) return { query: `\n${loadQuery(request)}\n`, columns: [] };
  const pathColumn = request.objects === undefined ? undefined : PATH_COLUMN;
  const { sql, flags, columns } = traced(parseSelect(table.load.sql).text, rejects.relations, pathColumn);
  const query = loadQuery({ ...request, table: { ...table, load: { ...table.load, sql } } });
  return { query: judgedQuery(table, { sql: query, flags }), columns: rejectColumns(rejects.loadId, columns) };
}

/** The load's SELECT with its days put in and its databases named as the environment has them. */
export function loadQuery(request: Pick<CtasRequest, 'table' | 'days' | 'rename' | 'objects'>): string {
  const text = parseSelect(request.table.load.sql).text;
  const { objects } = request;
  const restricted = objects === undefined ? text : replaceTable(text, objects.table, onlyObjects(objects));
  return substitute(rewriteDatabases(restricted, request.rename), request.days ?? {});
}

function onlyObjects({ table, paths, partitions }: SourceObjects): string {
  const source = quoteRelation(table.database, table.name);
  const inside =
    partitions.length === 0 || table.partitions.length === 0
      ? ''
      : ` AND ${amongPartitions(table.partitions, partitions)}`;
  // No object is left with rows in the partitions that are made anew: they become empty. SQL knows no empty list.
  const listed = paths.length === 0 ? 'FALSE' : amongPaths(paths);
  return `SELECT *, "$path" AS ${PATH_COLUMN} FROM ${source} WHERE ${listed}${inside}`;
}

/** So long a list of paths leaves load.sql its room in a statement. */
const MOST_LIST_BYTES = 160_000;

/** True if a statement can list these objects by their whole paths. */
export function fitsList(paths: readonly string[]): boolean {
  return new TextEncoder().encode(paths.map(quoteString).join(', ')).length <= MOST_LIST_BYTES;
}

/**
 * Athena opens only files whose `"$path"` is in a list. Thousands of files in one partition make the list too long: then
 * only what their paths do not share is told, and every file of the partition is opened.
 */
function amongPaths(paths: readonly string[]): string {
  if (fitsList(paths)) return `"$path" IN (${paths.map(quoteString).join(', ')})`;
  // A character that two UTF-16 units make is not cut in half.
  const shared = paths.reduce(commonPrefix).replace(/[\uD800-\uDBFF]$/, '');
  const rest = paths.map((path) => quoteString(path.slice(shared.length)));
  return `starts_with("$path", ${quoteString(shared)}) AND substr("$path", ${[...shared].length + 1}) IN (${rest.join(', ')})`;
}

/**
 * How many rows of which object go into which partition: the question before a load of objects. Without the object's
 * column where the load's SQL is of a form that cannot carry it.
 */
export function mappingQuery(request: Pick<CtasRequest, 'table' | 'rename' | 'objects'>): {
  readonly sql: string;
  readonly byObject: boolean;
} {
  const query = loadQuery({ ...request, days: undefined });
  const carried = withColumn(query, PATH_COLUMN);
  const keys = request.table.partitions.map((column) => quoteIdentifier(column.name));
  const columns = carried === undefined ? keys : [PATH_COLUMN, ...keys];
  const counted = [...columns, 'count(*) AS row_count'].join(', ');
  const sql = `SELECT ${counted}\nFROM (\n${carried ?? query}\n) AS loaded\nGROUP BY ${columns.join(', ')}`;
  return { sql, byObject: carried !== undefined };
}

function properties(table: LoadedTable, location: string, keys: readonly string[]): readonly string[] {
  const out = [`format = ${quoteString(formatName(table.format))}`];
  const compression = compressionName(table.compression);
  if (compression !== undefined) out.push(`write_compression = ${quoteString(compression)}`);
  if (table.format.kind === 'csv') out.push(`field_delimiter = ${quoteString(table.format.delimiter)}`);
  out.push(`external_location = ${quoteString(location)}`);
  if (keys.length > 0) out.push(`partitioned_by = ARRAY[${keys.map(quoteString).join(', ')}]`);
  return out;
}

function formatName(format: TableFormat): string {
  return format.kind === 'csv' ? 'TEXTFILE' : format.kind.toUpperCase();
}

function compressionName(compression: Compression | undefined): string | undefined {
  return compression === undefined ? undefined : compression.toUpperCase();
}

/** A table name for a load that needs no quoting: Athena's DDL and CTAS quote differently. */
export function stagingName(table: { readonly database: string; readonly name: string }, loadId: string): string {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
  return `${plain(table.name).slice(0, 60)}__${plain(loadId)}`.replace(/^(\d)/, '_$1');
}
