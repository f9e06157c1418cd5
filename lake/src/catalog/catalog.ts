/** The Glue catalog of the lake, in the shapes of the Glue API (names as on the wire), so that nothing is lost. */

export interface GlueColumn {
  Name: string;
  Type?: string;
  Comment?: string;
  Parameters?: Record<string, string>;
}

export interface GlueSerDeInfo {
  Name?: string;
  SerializationLibrary?: string;
  Parameters?: Record<string, string>;
}

export interface GlueStorageDescriptor {
  Columns?: GlueColumn[];
  Location?: string;
  InputFormat?: string;
  OutputFormat?: string;
  Compressed?: boolean;
  NumberOfBuckets?: number;
  SerdeInfo?: GlueSerDeInfo;
  BucketColumns?: string[];
  SortColumns?: { Column: string; SortOrder: number }[];
  Parameters?: Record<string, string>;
  StoredAsSubDirectories?: boolean;
  [other: string]: unknown;
}

export interface GlueDatabaseInput {
  Name: string;
  Description?: string;
  LocationUri?: string;
  Parameters?: Record<string, string>;
  [other: string]: unknown;
}

export interface GlueDatabase extends GlueDatabaseInput {
  CreateTime: number;
  CatalogId: string;
}

export interface GlueTableInput {
  Name: string;
  Description?: string;
  Owner?: string;
  Retention?: number;
  StorageDescriptor?: GlueStorageDescriptor;
  PartitionKeys?: GlueColumn[];
  ViewOriginalText?: string;
  ViewExpandedText?: string;
  TableType?: string;
  Parameters?: Record<string, string>;
  [other: string]: unknown;
}

export interface GlueTable extends GlueTableInput {
  DatabaseName: string;
  /** Seconds since the epoch, as the wire has it. */
  CreateTime: number;
  UpdateTime: number;
  CatalogId: string;
  VersionId: string;
}

export interface GluePartitionInput {
  Values: string[];
  StorageDescriptor?: GlueStorageDescriptor;
  Parameters?: Record<string, string>;
  [other: string]: unknown;
}

export interface GluePartition extends GluePartitionInput {
  DatabaseName: string;
  TableName: string;
  CreationTime: number;
  CatalogId: string;
}

/**
 * What the Athena side needs of the catalog. Failures are thrown as `CatalogError` with Glue's error name
 * (EntityNotFoundException, AlreadyExistsException, ConcurrentModificationException, InvalidInputException).
 * Every change is durable when its promise resolves. Names are lower-cased as Glue does.
 */
export interface Catalog {
  databases(): readonly GlueDatabase[];
  database(name: string): GlueDatabase | undefined;
  createDatabase(input: GlueDatabaseInput): Promise<void>;
  updateDatabase(name: string, input: GlueDatabaseInput): Promise<void>;
  /** Also removes its tables and partitions, as Glue's DeleteDatabase does. */
  deleteDatabase(name: string): Promise<void>;

  tables(database: string): readonly GlueTable[];
  table(database: string, name: string): GlueTable | undefined;
  createTable(database: string, input: GlueTableInput): Promise<void>;
  updateTable(
    database: string,
    input: GlueTableInput,
    options?: { readonly versionId?: string; readonly skipArchive?: boolean },
  ): Promise<void>;
  deleteTable(database: string, name: string): Promise<void>;

  /** In order of their values; all, or those whose values `keep` wants (the others cost next to nothing). */
  partitions(database: string, table: string, keep?: (values: readonly string[]) => boolean): Iterable<GluePartition>;
  /** The values of all, in order: the same array as long as no partition comes, goes or changes. */
  partitionValues(database: string, table: string): readonly (readonly string[])[];
  partitionCount(database: string, table: string): number;
  partition(database: string, table: string, values: readonly string[]): GluePartition | undefined;
  createPartitions(database: string, table: string, inputs: readonly GluePartitionInput[]): Promise<void>;
  updatePartition(database: string, table: string, values: readonly string[], input: GluePartitionInput): Promise<void>;
  deletePartitions(database: string, table: string, values: readonly (readonly string[])[]): Promise<void>;
}

export class CatalogError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'CatalogError';
    this.code = code;
  }
}
