import type { GlueColumn, GlueTableInput } from '../../catalog/catalog.ts';
import { repeatedColumn } from '../../hive/create-table.ts';
import type { AlterTable, CreateTable, HiveColumn, HiveStatement } from '../../hive/statement.ts';
import { ddlFailure, semanticFailure } from '../failure.ts';
import { isView } from '../table-meta.ts';
import { partitionInput, requirePartition } from './partitions.ts';
import {
  asFailure,
  type DdlServices,
  databaseOf,
  nowSeconds,
  requireDatabase,
  requireLocation,
  requireTable,
  saveTable,
  tableInput,
} from './place.ts';
import { storageOf } from './storage.ts';

type Alter<K extends AlterTable['kind']> = Extract<AlterTable, { kind: K }>;

export function glueColumn(column: HiveColumn): GlueColumn {
  const comment = column.comment === undefined ? {} : { Comment: column.comment };
  return { Name: column.name, Type: column.type, ...comment };
}

export async function createTable(services: DdlServices, statement: CreateTable): Promise<void> {
  const database = databaseOf(services, statement.table);
  const { name } = statement.table;
  requireDatabase(services, database);
  if (services.catalog.table(database, name) !== undefined) {
    if (statement.ifNotExists) return;
    throw ddlFailure(`AlreadyExistsException(message:Table ${name} already exists)`);
  }
  checkColumns(statement);
  if (statement.location === undefined) {
    throw ddlFailure('MetaException(message:No location was given: CREATE EXTERNAL TABLE needs LOCATION)');
  }
  requireLocation(services, statement.location);
  try {
    await services.catalog.createTable(database, newTable(statement, statement.location));
  } catch (error) {
    throw asFailure(error);
  }
}

function checkColumns(statement: CreateTable): void {
  const repeated = repeatedColumn(statement.columns);
  if (repeated !== undefined) throw semanticFailure(`[Error 10036]: Duplicate column name: ${repeated}`);
  if (repeatedColumn([...statement.columns, ...statement.partitions]) !== undefined) {
    throw semanticFailure('[Error 10035]: Column repeated in partitioning columns');
  }
  if (statement.columns.length === 0) {
    throw semanticFailure('[Error 10043]: Either list of columns or a custom serializer should be specified');
  }
}

function newTable(statement: CreateTable, location: string): GlueTableInput {
  const comment = statement.comment === undefined ? {} : { comment: statement.comment };
  return {
    Name: statement.table.name,
    Owner: 'hadoop',
    Retention: 0,
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: statement.partitions.map(glueColumn),
    Parameters: { EXTERNAL: 'TRUE', ...statement.properties, ...comment, transient_lastDdlTime: nowSeconds() },
    StorageDescriptor: {
      Columns: statement.columns.map(glueColumn),
      Location: location,
      ...storageOf(statement),
      Compressed: false,
      NumberOfBuckets: statement.buckets?.count ?? -1,
      BucketColumns: [...(statement.buckets?.columns ?? [])],
      SortColumns: [],
      Parameters: {},
      SkewedInfo: { SkewedColumnNames: [], SkewedColumnValues: [], SkewedColumnValueLocationMaps: {} },
      StoredAsSubDirectories: false,
    },
  };
}

export async function dropTable(
  services: DdlServices,
  statement: Extract<HiveStatement, { kind: 'drop table' | 'drop view' }>,
): Promise<void> {
  const database = databaseOf(services, statement.table);
  const table = services.catalog.table(database, statement.table.name);
  if (table === undefined) {
    if (statement.ifExists) return;
    requireDatabase(services, database);
    throw semanticFailure(`[Error 10001]: Table not found ${database}.${statement.table.name}`);
  }
  if (isView(table)) throw semanticFailure('[Error 10002]: Cannot drop a view with DROP TABLE');
  await services.catalog.deleteTable(database, table.Name);
}

export async function setProperties(services: DdlServices, statement: Alter<'set properties'>): Promise<void> {
  const table = requireTable(services, statement.table);
  const input = tableInput(table);
  const stamp = { transient_lastDdlTime: nowSeconds() };
  await saveTable(services, table, {
    ...input,
    Parameters: { ...input.Parameters, ...stamp, ...statement.properties },
  });
}

export async function setLocation(services: DdlServices, statement: Alter<'set location'>): Promise<void> {
  requireLocation(services, statement.location);
  const table = requireTable(services, statement.table);
  if (statement.spec === undefined) {
    const input = tableInput(table);
    const StorageDescriptor = { ...input.StorageDescriptor, Location: statement.location };
    await saveTable(services, table, { ...input, StorageDescriptor });
    return;
  }
  const partition = requirePartition(services, table, statement.spec);
  const input = partitionInput(partition);
  await services.catalog.updatePartition(table.DatabaseName, table.Name, partition.Values, {
    ...input,
    StorageDescriptor: { ...input.StorageDescriptor, Location: statement.location },
  });
}

export async function changeColumns(
  services: DdlServices,
  statement: Alter<'add columns' | 'replace columns' | 'change column'>,
): Promise<void> {
  const table = requireTable(services, statement.table);
  const partition = statement.spec === undefined ? undefined : requirePartition(services, table, statement.spec);
  const own = (partition ?? table).StorageDescriptor ?? {};
  const columns = changed(own.Columns ?? [], statement);
  refuseRepeats(columns, table.PartitionKeys ?? []);
  const StorageDescriptor = { ...structuredClone(own), Columns: columns };
  if (partition === undefined) {
    await saveTable(services, table, { ...tableInput(table), StorageDescriptor });
  } else {
    const input = { ...partitionInput(partition), StorageDescriptor };
    await services.catalog.updatePartition(table.DatabaseName, table.Name, partition.Values, input);
  }
}

function changed(
  columns: readonly GlueColumn[],
  statement: Alter<'add columns' | 'replace columns' | 'change column'>,
): GlueColumn[] {
  if (statement.kind === 'change column') return changedColumn(columns, statement);
  refuseDates(statement.columns, statement.kind);
  const given = statement.columns.map(glueColumn);
  return statement.kind === 'add columns' ? [...columns, ...given] : given;
}

/** "ADD/REPLACE COLUMNS does not work for columns with the date datatype": AWS's documentation of both statements. */
function refuseDates(columns: readonly HiveColumn[], kind: string): void {
  const date = columns.find((column) => column.type === 'date');
  if (date !== undefined) {
    const text = `ALTER TABLE ${kind.toUpperCase()} does not work for columns with the date datatype: ${date.name}`;
    throw semanticFailure(text);
  }
}

function changedColumn(columns: readonly GlueColumn[], statement: Alter<'change column'>): GlueColumn[] {
  const at = columns.findIndex((column) => column.Name === statement.from);
  if (at < 0) throw ddlFailure(`Invalid column reference ${statement.from}`);
  const { Comment } = columns[at]!;
  const column: GlueColumn = { ...(Comment === undefined ? {} : { Comment }), ...glueColumn(statement.column) };
  const rest = columns.filter((_, i) => i !== at);
  const { place } = statement;
  if (place === undefined) return [...rest.slice(0, at), column, ...rest.slice(at)];
  if ('first' in place) return [column, ...rest];
  const after = rest.findIndex((candidate) => candidate.Name === place.after);
  if (after < 0) throw ddlFailure(`Invalid column reference ${place.after}`);
  return [...rest.slice(0, after + 1), column, ...rest.slice(after + 1)];
}

function refuseRepeats(columns: readonly GlueColumn[], keys: readonly GlueColumn[]): void {
  const seen = new Set<string>();
  for (const { Name } of [...columns, ...keys]) {
    if (seen.has(Name)) throw ddlFailure(`Duplicate column name: ${Name}`);
    seen.add(Name);
  }
}
