import type { CatalogColumn, CatalogDatabase, CatalogTable } from './catalog.ts';

/** The catalog as a plan needs it: what is there, with partitions summed up, as they may be many. */
export interface ActualLake {
  readonly databases: readonly CatalogDatabase[];
  readonly tables: readonly ActualTable[];
}

export interface ActualTable {
  readonly table: CatalogTable;
  /** Only of tables with registered partitions. */
  readonly partitions: PartitionSummary | undefined;
}

export interface PartitionSummary {
  readonly count: number;
  /** Values of the newest partition, in the order of the keys. */
  readonly newest: readonly string[] | undefined;
  /** The different column lists that partitions have, most frequent first. */
  readonly shapes: readonly PartitionShape[];
  /** By the definition hash that loads wrote; '' for partitions that no load wrote. */
  readonly loads: Readonly<Record<string, LoadedPartitions>>;
}

export interface PartitionShape {
  readonly columns: readonly CatalogColumn[];
  readonly serde: { readonly library: string | undefined; readonly parameters: Readonly<Record<string, string>> };
  readonly count: number;
}

export interface LoadedPartitions {
  readonly count: number;
  /** Bytes of the source objects that these partitions were made of. */
  readonly sourceBytes: number;
  readonly first: readonly string[];
  readonly last: readonly string[];
}
