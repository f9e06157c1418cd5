import type { GlueStorageDescriptor } from '../../catalog/catalog.ts';
import type { Type } from '../../sql/types.ts';
import type { StoredObject } from '../../store/object-store.ts';
import type { Connection } from '../session.ts';
import type { Footers } from './footer.ts';
import type { PlainText } from './plain-text.ts';

/** One partition that a scan reads, or the whole of a table that has none. */
export interface ScanPartition {
  readonly values: readonly string[];
  readonly descriptor: GlueStorageDescriptor;
  readonly location: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface ScanFile {
  readonly object: StoredObject;
  readonly partition: ScanPartition;
  /** Where the bytes are, if not in the object's own file. */
  readonly path?: string;
}

export interface DataColumn {
  readonly name: string;
  readonly type: Type;
}

/**
 * Files that one DuckDB table function reads alike: `from` is the call, `column` the expression of a data column in its
 * declared type. Files keep their order, so that `file_index` points into `files`.
 */
export interface FileGroup {
  readonly files: readonly ScanFile[];
  readonly from: string;
  column(column: DataColumn): string;
  /** What the scan of these files counts as, of these columns. */
  readonly bytes: number;
}

/** What a format needs to know of a table to read files of it. */
export interface FormatRequest {
  readonly table: string;
  readonly files: readonly ScanFile[];
  readonly descriptor: GlueStorageDescriptor;
  readonly parameters: Readonly<Record<string, string>>;
  /** All data columns in order: text files go by position. */
  readonly columns: readonly DataColumn[];
  /** The names of those that the scan reads. */
  readonly wanted: ReadonlySet<string>;
  /** Conditions on single columns that rows must meet; they only make `bytes` finer. */
  readonly rowFilters: readonly { readonly column: string; readonly sql: string }[];
}

/** What the formats keep between scans. */
export interface FormatServices {
  readonly footers: Footers;
  readonly plainText: PlainText;
  readonly connection: Connection;
}

export type GroupFiles = (request: FormatRequest, services: FormatServices) => FileGroup[] | Promise<FileGroup[]>;
