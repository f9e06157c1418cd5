import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  BatchUpdatePartitionCommand,
  type Column,
  CreateTableCommand,
  type Database,
  type DatabaseInput,
  DeleteTableCommand,
  GetDatabaseCommand,
  GetTableCommand,
  type GlueClient,
  type StorageDescriptor as GlueStorage,
  type Partition,
  type PartitionInput,
  paginateGetDatabases,
  paginateGetPartitions,
  paginateGetTables,
  type Table,
  type TableInput,
  UpdateDatabaseCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type {
  CatalogColumn,
  CatalogDatabase,
  CatalogPartition,
  CatalogTable,
  StorageDescriptor,
} from '../core/model/catalog.ts';
import type { GluePort } from '../core/model/ports.ts';
import { type AwsCall, inBatches } from './aws.ts';
import { isFault } from './fault.ts';

/** The Glue catalog over the SDK. */
export function gluePort(client: GlueClient, call: AwsCall): GluePort {
  return { ...tableCalls(client, call), ...partitionCalls(client, call) };
}

type PartitionCalls = Pick<GluePort, 'listPartitions' | 'createPartitions' | 'updatePartitions' | 'deletePartitions'>;

function tableCalls(client: GlueClient, call: AwsCall): Omit<GluePort, keyof PartitionCalls> {
  return {
    listDatabases: () =>
      call('glue:GetDatabases', async () => {
        const found: CatalogDatabase[] = [];
        for await (const page of paginateGetDatabases({ client }, {})) {
          found.push(...(page.DatabaseList ?? []).map(readDatabase));
        }
        return found;
      }),
    listTables: (database) =>
      orUndefined(
        call('glue:GetTables', async () => {
          const found: CatalogTable[] = [];
          for await (const page of paginateGetTables({ client }, { DatabaseName: database })) {
            found.push(...(page.TableList ?? []).map(readTable));
          }
          return found;
        }),
      ).then((tables) => tables ?? []),
    getTable: (database, name) =>
      orUndefined(
        call('glue:GetTable', async () => {
          const answer = await client.send(new GetTableCommand({ DatabaseName: database, Name: name }));
          return answer.Table === undefined ? undefined : readTable(answer.Table);
        }),
      ),
    createTable: (table) =>
      call('glue:CreateTable', async () => {
        await client.send(new CreateTableCommand({ DatabaseName: table.database, TableInput: writeTable(table) }));
      }),
    updateTable: (table, options) =>
      call('glue:UpdateTable', async () => {
        await client.send(
          new UpdateTableCommand({
            DatabaseName: table.database,
            TableInput: writeTable(table),
            VersionId: options.versionId,
            SkipArchive: options.skipArchive,
          }),
        );
      }),
    deleteTable: (database, name) =>
      call('glue:DeleteTable', async () => {
        await client.send(new DeleteTableCommand({ DatabaseName: database, Name: name }));
      }),
    updateDatabase: (database) =>
      call('glue:UpdateDatabase', async () => {
        const now = (await client.send(new GetDatabaseCommand({ Name: database.name }))).Database;
        await client.send(
          new UpdateDatabaseCommand({ Name: database.name, DatabaseInput: writeDatabase(database, now) }),
        );
      }),
  };
}

function partitionCalls(client: GlueClient, call: AwsCall): PartitionCalls {
  const valuesOf = (entry: CatalogPartition): readonly string[] => entry.values;
  return {
    listPartitions: (database, table, expression) =>
      call('glue:GetPartitions', async () => {
        const found: CatalogPartition[] = [];
        const asked = {
          DatabaseName: database,
          TableName: table,
          ...(expression === undefined ? {} : { Expression: expression }),
        };
        for await (const page of paginateGetPartitions({ client, pageSize: 1000 }, asked)) {
          found.push(...(page.Partitions ?? []).map(readPartition));
        }
        return found;
      }),
    createPartitions: (database, table, entries) =>
      inBatches(entries, 100, valuesOf, (part) =>
        call('glue:BatchCreatePartition', async () => {
          const answer = await client.send(
            new BatchCreatePartitionCommand({
              DatabaseName: database,
              TableName: table,
              PartitionInputList: part.map(writePartition),
            }),
          );
          return (answer.Errors ?? []).map((error) => failure(error.PartitionValues, error.ErrorDetail));
        }),
      ),
    updatePartitions: (database, table, entries) =>
      inBatches(entries, 100, valuesOf, (part) =>
        call('glue:BatchUpdatePartition', async () => {
          const answer = await client.send(
            new BatchUpdatePartitionCommand({
              DatabaseName: database,
              TableName: table,
              Entries: part.map((entry) => ({
                PartitionValueList: [...entry.values],
                PartitionInput: writePartition(entry),
              })),
            }),
          );
          return (answer.Errors ?? []).map((error) => failure(error.PartitionValueList, error.ErrorDetail));
        }),
      ),
    deletePartitions: (database, table, values) =>
      inBatches(
        values,
        25,
        (entry) => entry,
        (part) =>
          call('glue:BatchDeletePartition', async () => {
            const answer = await client.send(
              new BatchDeletePartitionCommand({
                DatabaseName: database,
                TableName: table,
                PartitionsToDelete: part.map((entry) => ({ Values: [...entry] })),
              }),
            );
            return (answer.Errors ?? []).map((error) => failure(error.PartitionValues, error.ErrorDetail));
          }),
      ),
  };
}

async function orUndefined<T>(answer: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isFault(error, 'not-found')) return undefined;
    throw error;
  }
}

function failure(
  values: readonly string[] | undefined,
  detail: { ErrorCode?: string | undefined; ErrorMessage?: string | undefined } | undefined,
) {
  return {
    values: values ?? [],
    code: detail?.ErrorCode ?? 'UnknownError',
    message: detail?.ErrorMessage ?? '',
  };
}

function readDatabase(database: Database): CatalogDatabase {
  return {
    name: database.Name ?? '',
    description: database.Description,
    location: database.LocationUri,
    parameters: database.Parameters ?? {},
  };
}

/** UpdateDatabase replaces everything that it is not given, so what Weir does not know is carried over. */
function writeDatabase(database: CatalogDatabase, now: Database | undefined): DatabaseInput {
  return {
    Name: database.name,
    Description: database.description,
    LocationUri: database.location,
    Parameters: { ...database.parameters },
    ...(now?.CreateTableDefaultPermissions === undefined
      ? {}
      : { CreateTableDefaultPermissions: now.CreateTableDefaultPermissions }),
    ...(now?.TargetDatabase === undefined ? {} : { TargetDatabase: now.TargetDatabase }),
  };
}

/** Fields of GetTable's answer that TableInput knows too; the others (CreateTime, CatalogId ...) are Glue's own. */
const TABLE_REST = ['LastAccessTime', 'LastAnalyzedTime', 'Retention', 'TargetTable', 'ViewDefinition'] as const;

function readTable(table: Table): CatalogTable {
  return {
    database: table.DatabaseName ?? '',
    name: table.Name ?? '',
    tableType: table.TableType,
    description: table.Description,
    owner: table.Owner,
    storage: readStorage(table.StorageDescriptor),
    partitionKeys: (table.PartitionKeys ?? []).map(readColumn),
    parameters: table.Parameters ?? {},
    viewOriginalText: table.ViewOriginalText,
    viewExpandedText: table.ViewExpandedText,
    versionId: table.VersionId ?? '',
    rest: Object.fromEntries(
      TABLE_REST.filter((key) => table[key] !== undefined && table[key] !== null).map((key) => [key, table[key]]),
    ),
  };
}

function writeTable(table: CatalogTable): TableInput {
  return {
    ...table.rest,
    Name: table.name,
    Description: table.description,
    Owner: table.owner,
    TableType: table.tableType,
    StorageDescriptor: writeStorage(table.storage),
    PartitionKeys: table.partitionKeys.map(writeColumn),
    Parameters: { ...table.parameters },
    ViewOriginalText: table.viewOriginalText,
    ViewExpandedText: table.viewExpandedText,
  };
}

function readColumn(column: Column): CatalogColumn {
  return { name: column.Name ?? '', type: column.Type ?? '', comment: column.Comment };
}

function writeColumn(column: CatalogColumn): Column {
  return {
    Name: column.name,
    Type: column.type,
    ...(column.comment === undefined ? {} : { Comment: column.comment }),
  };
}

function readStorage(storage: GlueStorage | undefined): StorageDescriptor {
  const { Columns, Location, InputFormat, OutputFormat, Compressed, SerdeInfo, ...rest } = storage ?? {};
  return {
    columns: (Columns ?? []).map(readColumn),
    location: Location ?? '',
    inputFormat: InputFormat,
    outputFormat: OutputFormat,
    serde: { library: SerdeInfo?.SerializationLibrary, parameters: SerdeInfo?.Parameters ?? {} },
    compressed: Compressed ?? false,
    rest: { ...rest, ...(SerdeInfo?.Name === undefined ? {} : { serdeName: SerdeInfo.Name }) },
  };
}

function writeStorage(storage: StorageDescriptor): GlueStorage {
  const { serdeName, ...rest } = storage.rest;
  return {
    ...rest,
    Columns: storage.columns.map(writeColumn),
    Location: storage.location,
    InputFormat: storage.inputFormat,
    OutputFormat: storage.outputFormat,
    Compressed: storage.compressed,
    SerdeInfo: {
      ...(typeof serdeName === 'string' ? { Name: serdeName } : {}),
      SerializationLibrary: storage.serde.library,
      Parameters: { ...storage.serde.parameters },
    },
  };
}

function readPartition(partition: Partition): CatalogPartition {
  return {
    values: partition.Values ?? [],
    storage: readStorage(partition.StorageDescriptor),
    parameters: partition.Parameters ?? {},
  };
}

function writePartition(partition: CatalogPartition): PartitionInput {
  return {
    Values: [...partition.values],
    StorageDescriptor: writeStorage(partition.storage),
    Parameters: { ...partition.parameters },
  };
}
