import type { Catalog, CatalogError, GluePartition, GlueTable } from './catalog.ts';
import type { PartitionChange } from './partition-changes.ts';
import type { ColumnStatistics, PartitionIndex } from './table-detail.ts';

/** The catalog with all that the Glue API keeps beside what the Athena side needs. Unknown tables are CatalogErrors. */
export interface LakeCatalog extends Catalog {
  deleteTables(database: string, names: readonly string[]): Promise<void>;

  /** The current version first, then the archived ones, newest first. */
  tableVersions(database: string, table: string): readonly GlueTable[];
  deleteTableVersions(database: string, table: string, ids: readonly string[]): Promise<void>;

  /** As `partitions`, but only those behind `after`: a page costs what it gives. */
  partitionsAfter(
    database: string,
    table: string,
    after: readonly string[] | undefined,
    keep?: (values: readonly string[]) => boolean,
  ): Iterable<GluePartition>;

  /** One commit for all; answers each entry's refusal, in order, undefined for what is done. */
  changePartitions(
    database: string,
    table: string,
    changes: readonly PartitionChange[],
  ): Promise<readonly (CatalogError | undefined)[]>;

  partitionIndexes(database: string, table: string): readonly PartitionIndex[];
  setPartitionIndexes(database: string, table: string, indexes: readonly PartitionIndex[]): Promise<void>;

  /** Of the table, or of a partition where `values` are given. */
  columnStatistics(
    database: string,
    table: string,
    values: readonly string[] | undefined,
  ): ReadonlyMap<string, ColumnStatistics>;
  putColumnStatistics(
    database: string,
    table: string,
    values: readonly string[] | undefined,
    columns: readonly ColumnStatistics[],
  ): Promise<void>;
  deleteColumnStatistics(
    database: string,
    table: string,
    values: readonly string[] | undefined,
    columns: readonly string[],
  ): Promise<void>;

  tags(arn: string): Readonly<Record<string, string>>;
  setTags(arn: string, tags: Readonly<Record<string, string>>): Promise<void>;

  /** Waits for writes under way; later ones are refused. */
  close(): Promise<void>;
}
