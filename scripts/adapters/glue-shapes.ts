import type {
  Column,
  Database,
  DatabaseInput,
  StorageDescriptor as GlueStorage,
  Partition,
  PartitionInput,
  Table,
  TableInput,
} from '@aws-sdk/client-glue';
import type {
  CatalogColumn,
  CatalogDatabase,
  CatalogPartition,
  CatalogTable,
  StorageDescriptor,
} from '../core/model/catalog.ts';

/** Glue's own shapes and Weir's, both ways, with nothing lost between. */

export function readDatabase(database: Database): CatalogDatabase {
  return {
    name: database.Name ?? '',
    description: database.Description,
    location: database.LocationUri,
    parameters: database.Parameters ?? {},
  };
}

/** UpdateDatabase replaces everything that it is not given, so what Weir does not know is carried over. */
export function writeDatabase(database: CatalogDatabase, now: Database | undefined): DatabaseInput {
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

export function readTable(table: Table): CatalogTable {
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

export function writeTable(table: CatalogTable): TableInput {
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

export function readPartition(partition: Partition): CatalogPartition {
  return {
    values: partition.Values ?? [],
    storage: readStorage(partition.StorageDescriptor),
    parameters: partition.Parameters ?? {},
  };
}

export function writePartition(partition: CatalogPartition): PartitionInput {
  return {
    Values: [...partition.values],
    StorageDescriptor: writeStorage(partition.storage),
    Parameters: { ...partition.parameters },
  };
}
