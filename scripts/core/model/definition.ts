import type { Place } from './finding.ts';

/** Buckets and workgroups are named by the role they play, so that definitions hold in every environment. */
export type BucketRole = string;

export interface Environment {
  readonly name: string;
  /** True for the embedded local lake: commands make its buckets and workgroups and no account is asserted. */
  readonly local: boolean;
  readonly account: string | undefined;
  readonly region: string;
  /** Put in front of every database name; empty for none. */
  readonly prefix: string;
  readonly buckets: Readonly<Record<BucketRole, string>>;
  readonly workgroups: { readonly query: string; readonly load: string };
  /** ARN of the SNS topic that is told how loads ended; for `local` its name does. Undefined: nobody is told. */
  readonly topic?: string;
}

/** pipeline/lake.yaml */
export interface LakeDefinition {
  readonly place: Place;
  /** IANA zone in which days begin and the daily load runs. */
  readonly timezone: string;
  readonly environments: Readonly<Record<string, Environment>>;
  readonly databases: Readonly<Record<string, { readonly description: string | undefined }>>;
  /** Where loads write what they did, as tables weir_history.weir_loads and weir_checks; undefined for nowhere. */
  readonly history?: { readonly bucket: BucketRole };
}

export interface Column {
  readonly name: string;
  /** Hive DDL type in its normal spelling: `bigint`, `decimal(10,2)`, `array<struct<a:int>>`. */
  readonly type: string;
  readonly description: string | undefined;
}

/**
 * How a partition value is spelled for a day: yyyy, M, MM, d, dd, yyyy-MM, yyyy-MM-dd, yyyyMMdd, yyyy/MM/dd ...
 * (tokens yyyy, MM, M, dd, d and separators). The value's spelling in S3 and in the catalog is exactly this.
 */
export type DateFormat = string;

export interface PartitionColumn extends Column {
  readonly date: DateFormat | undefined;
}

export type ProjectedColumn =
  | {
      readonly type: 'date';
      readonly from: string;
      readonly to: string;
      readonly interval: number | undefined;
      readonly unit: string | undefined;
    }
  | {
      readonly type: 'integer';
      readonly from: number;
      readonly to: number;
      readonly interval: number | undefined;
      readonly digits: number | undefined;
    }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'injected' };

/** Partition projection: https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html */
export interface Projection {
  readonly columns: Readonly<Record<string, ProjectedColumn>>;
  /** Path below the table's location, with `${column}` for each partition column; default Hive style `name=value/`. */
  readonly template: string | undefined;
}

export type TableFormat =
  | { readonly kind: 'parquet' }
  | {
      readonly kind: 'csv';
      /** `open`: OpenCSVSerDe (quoted fields); `lazy`: LazySimpleSerDe (typed, no quoting). */
      readonly serde: 'open' | 'lazy';
      readonly delimiter: string;
      readonly quote: string;
      readonly escape: string;
      /** Header lines to skip. */
      readonly header: number;
      readonly nullAs: string | undefined;
    }
  | { readonly kind: 'json'; readonly serde: 'hive' | 'openx'; readonly options: Readonly<Record<string, string>> }
  | { readonly kind: 'orc' }
  | { readonly kind: 'avro' };

export type Compression = 'none' | 'gzip' | 'snappy' | 'zstd' | 'lz4' | 'bzip2' | 'deflate';

export interface Location {
  readonly bucket: BucketRole;
  /** Ends with a slash, begins without one. */
  readonly path: string;
}

export type LoadMode = 'partitions' | 'replace' | 'files';

export interface Load {
  readonly mode: LoadMode;
  /** First day that is due (yyyy-MM-dd); none: everything that the sources hold. */
  readonly start: string | undefined;
  /** Text of load.sql: one SELECT, tables named `database.table`; `:from` and `:to` are its only substitutions. */
  readonly sql: string;
  readonly sqlPlace: Place;
  /** Bad rows go to `<table>_rejects` as long as a partition (or a whole table) has no more of them than this. */
  readonly rejects?: RejectsLimit;
}

/** The most rows that a load may reject of a partition; each bound that is given holds. */
export interface RejectsLimit {
  readonly maxRows: number | undefined;
  readonly maxPercent: number | undefined;
}

export type CheckRule =
  | { readonly kind: 'not_null'; readonly columns: readonly string[] }
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  | {
      readonly kind: 'accepted_values';
      readonly column: string;
      readonly values: readonly (string | number | boolean)[];
    }
  | {
      readonly kind: 'relationships';
      readonly column: string;
      readonly to: { readonly database: string; readonly table: string; readonly column: string };
    }
  | {
      readonly kind: 'range';
      readonly column: string;
      readonly min: number | string | undefined;
      readonly max: number | string | undefined;
    }
  | { readonly kind: 'regex'; readonly column: string; readonly pattern: string }
  | { readonly kind: 'row_count'; readonly min: number | undefined; readonly max: number | undefined }
  /** The rows loaded, as percent of the rows of a source, or of the average of the partitions (or loads) before. */
  | {
      readonly kind: 'row_share';
      readonly of:
        | { readonly kind: 'source'; readonly database: string; readonly table: string }
        | { readonly kind: 'last'; readonly count: number };
      readonly min: number | undefined;
      readonly max: number | undefined;
    }
  /** The newest value of a column, or (without one) the newest partition or load, is at most so many days old. */
  | { readonly kind: 'freshness'; readonly column: string | undefined; readonly days: number }
  /** A SELECT that gives the offending rows; `:table` stands for the rows under audit. */
  | { readonly kind: 'sql'; readonly sql: string; readonly sqlPlace: Place };

export interface Check {
  /** Unique within the table: given, or made of kind and columns. */
  readonly name: string;
  readonly severity: 'error' | 'warn';
  readonly rule: CheckRule;
  readonly place: Place;
}

/** pipeline/tables/<database>/<table>/table.yaml with its load.sql and own checks. */
export interface TableDefinition {
  readonly kind: 'table';
  readonly place: Place;
  readonly database: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly format: TableFormat;
  readonly compression: Compression | undefined;
  readonly location: Location;
  readonly columns: readonly Column[];
  readonly partitions: readonly PartitionColumn[];
  readonly projection: Projection | undefined;
  readonly sortedBy: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly load: Load | undefined;
  readonly checks: readonly Check[];
  readonly retentionDays: number | undefined;
  readonly renamedFrom: string | undefined;
  /** On a table that follows from another's definition: that one, whose bad rows it holds, as `database.table`. */
  readonly rejectsOf?: string;
}

/** pipeline/views/<database>/<view>/view.yaml with its view.sql. Column types are Trino's (`varchar`, `bigint`). */
export interface ViewDefinition {
  readonly kind: 'view';
  readonly place: Place;
  readonly database: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly columns: readonly Column[];
  readonly sql: string;
  readonly sqlPlace: Place;
}

/** A reviewed permission for one destructive change: pipeline/allow.yaml. */
export interface Allowance {
  readonly object: string;
  /** The change's kind, as the plan names it: drop_table, drop_column, ... */
  readonly change: string;
  readonly reason: string;
  /** Last day (yyyy-MM-dd) on which it counts. */
  readonly expires: string;
  readonly place: Place;
}

/** pipeline/backfills/<name>.yaml: days of tables that are to be loaded again. */
export interface Backfill {
  readonly name: string;
  /** `database.table` of each. */
  readonly tables: readonly string[];
  readonly from: string;
  readonly to: string;
  /** Ranges of days to leave as they are. */
  readonly except: readonly { readonly from: string; readonly to: string }[];
  readonly reason: string;
  /** A day (from its beginning in the lake's time zone) or an ISO time: what was loaded since, from what is there now, is done. */
  readonly opened: string;
  readonly openedPlace: Place;
  readonly status: 'open' | 'done' | 'cancelled';
  readonly place: Place;
}

/** pipeline/queries/<name>.sql; a comment on its first line says what it answers. */
export interface SavedQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
  readonly place: Place;
}

/** Everything that the repository says about the lake; what `validate` accepted. */
export interface Definitions {
  readonly lake: LakeDefinition;
  readonly tables: readonly TableDefinition[];
  readonly views: readonly ViewDefinition[];
  readonly queries: readonly SavedQuery[];
  readonly allowances: readonly Allowance[];
  readonly backfills: readonly Backfill[];
}
