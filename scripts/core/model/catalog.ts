/**
 * The Glue catalog as Weir reads it: Glue's own fields in plain readonly data, nothing dropped, so that a table can be
 * read, changed and written back whole (UpdateTable replaces everything that it is not given).
 */

export interface CatalogColumn {
  readonly name: string;
  readonly type: string;
  readonly comment: string | undefined;
}

export interface StorageDescriptor {
  readonly columns: readonly CatalogColumn[];
  readonly location: string;
  readonly inputFormat: string | undefined;
  readonly outputFormat: string | undefined;
  readonly serde: { readonly library: string | undefined; readonly parameters: Readonly<Record<string, string>> };
  readonly compressed: boolean;
  /** Every other field of Glue's StorageDescriptor, as it came (SortColumns, BucketColumns, Parameters ...). */
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface CatalogDatabase {
  readonly name: string;
  readonly description: string | undefined;
  readonly location: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CatalogTable {
  readonly database: string;
  readonly name: string;
  /** EXTERNAL_TABLE, VIRTUAL_VIEW, MANAGED_TABLE ... */
  readonly tableType: string | undefined;
  readonly description: string | undefined;
  readonly owner: string | undefined;
  readonly storage: StorageDescriptor;
  readonly partitionKeys: readonly CatalogColumn[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly viewOriginalText: string | undefined;
  readonly viewExpandedText: string | undefined;
  readonly versionId: string;
  /** Every other field of Glue's TableInput, as it came (Retention, TargetTable ...). */
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface CatalogPartition {
  readonly values: readonly string[];
  readonly storage: StorageDescriptor;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Parameter keys that Weir writes. `weir.load.*` belong to loads (the ledger), the others to apply. */
export const MANAGED = 'weir.managed';
export const APPLIED = 'weir.applied';
export const INTENT = 'weir.intent';
export const LOAD_PREFIX = 'weir.load.';
/** On views: which stored text apply saw, and the definition that it was made from. */
export const VIEW_TEXT = 'weir.view';
/** On a copy whose original is still to go: the original, as `database.name`. Empty when the rename is done. */
export const RENAMED = 'weir.renamed';
