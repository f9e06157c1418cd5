import type { Column, Definitions, Environment, TableDefinition, ViewDefinition } from '../model/definition.ts';
import { rewriteDatabases } from '../sql/index.ts';
import { formatState } from './format.ts';
import { projectionProperties } from './projection.ts';
import { OWNER, RETENTION } from './properties.ts';
import type { ColumnState, DatabaseState, TableState, ViewState } from './state.ts';
import { trinoType } from './trino-type.ts';
import { sayingOf } from './view-sql.ts';

/** The database in which loads keep their temporary tables, without the environment's prefix. */
export const STAGING = 'weir_staging';

/** A database's name in an environment. */
export function physicalDatabase(database: string, environment: Environment): string {
  return `${environment.prefix}${database}`.toLowerCase();
}

/** The databases that the definitions want, with the staging database where something is loaded. */
export function desiredDatabases(definitions: Definitions, environment: Environment): readonly DatabaseState[] {
  const wanted = Object.entries(definitions.lake.databases).map(([name, database]) =>
    databaseState(physicalDatabase(name, environment), database.description ?? ''),
  );
  if (!definitions.tables.some((table) => table.load !== undefined)) return wanted;
  return [...wanted, databaseState(physicalDatabase(STAGING, environment), 'Temporary tables of loads')];
}

function databaseState(database: string, comment: string): DatabaseState {
  return { kind: 'database', database, comment };
}

/** The table as the catalog will hold it after Athena has run its DDL. */
export function desiredTable(table: TableDefinition, environment: Environment): TableState {
  const location = locationOf(table, environment);
  return {
    kind: 'table',
    database: physicalDatabase(table.database, environment),
    name: table.name.toLowerCase(),
    columns: table.columns.map(columnState),
    partitions: table.partitions.map(columnState),
    location,
    format: formatState(table.format),
    comment: table.description,
    properties: {
      ...table.properties,
      ...projectionProperties(table, location),
      ...(table.format.kind === 'csv' && table.format.header > 0
        ? { 'skip.header.line.count': String(table.format.header) }
        : {}),
      ...compressionProperty(table),
      ...(table.owner === '' ? {} : { [OWNER]: table.owner }),
      ...(table.retentionDays === undefined ? {} : { [RETENTION]: String(table.retentionDays) }),
    },
  };
}

/** The absolute location of a table's data; loads make their folders below it. */
export function locationOf(table: TableDefinition, environment: Environment): string {
  const bucket = environment.buckets[table.location.bucket] ?? table.location.bucket;
  return `s3://${bucket}/${table.location.path}`;
}

/** The view's SELECT with the environment's database names: what CREATE VIEW is given. */
export function viewSql(view: ViewDefinition, environment: Environment): string {
  const text = view.sql.trim().replace(/;\s*$/, '').trim();
  return rewriteDatabases(text, (database) => physicalDatabase(database, environment));
}

export function desiredView(view: ViewDefinition, environment: Environment): ViewState {
  return {
    kind: 'view',
    database: physicalDatabase(view.database, environment),
    name: view.name.toLowerCase(),
    sql: sayingOf(viewSql(view, environment)),
    columns: view.columns.map((column) => ({ ...columnState(column), type: trinoType(column.type) })),
    comment: view.description,
    owner: view.owner,
  };
}

function columnState(column: Column): ColumnState {
  return { name: column.name.toLowerCase(), type: column.type, comment: oneLine(column.description ?? '') };
}

/** Glue takes a column's comment on one line only. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

/** Athena's INSERT writes with the codec that the table's properties name. */
function compressionProperty(table: TableDefinition): Readonly<Record<string, string>> {
  if (table.compression === undefined) return {};
  const codec = table.compression === 'none' ? 'UNCOMPRESSED' : table.compression.toUpperCase();
  if (table.format.kind === 'parquet') return { 'parquet.compression': codec };
  return table.format.kind === 'orc' ? { 'orc.compress': codec === 'UNCOMPRESSED' ? 'NONE' : codec } : {};
}
