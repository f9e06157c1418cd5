/** Hive DDL as typed statements. Names are lower-cased, as Athena does. */
export interface TableName {
  readonly database: string | undefined;
  readonly name: string;
}

export interface HiveColumn {
  readonly name: string;
  /** Hive's spelling, without blanks: `array<struct<a:int>>`. */
  readonly type: string;
  readonly comment?: string;
}

export type Properties = Readonly<Record<string, string>>;

/** One `(year='2024', month='01')`; the operator is `=` everywhere but in DROP PARTITION. */
export type PartitionSpec = readonly {
  readonly column: string;
  readonly operator: '=' | '<' | '>' | '<=' | '>=' | '<>';
  readonly value: string;
}[];

/** ROW FORMAT and STORED AS, as far as they were said. */
export interface StorageClauses {
  readonly serde?: { readonly library: string; readonly properties: Properties };
  readonly delimited?: Properties;
  /** STORED AS <word>, lower case. */
  readonly format?: string;
  readonly inputFormat?: string;
  readonly outputFormat?: string;
}

export interface CreateTable extends StorageClauses {
  readonly kind: 'create table';
  readonly table: TableName;
  readonly external: boolean;
  readonly ifNotExists: boolean;
  readonly columns: readonly HiveColumn[];
  readonly partitions: readonly HiveColumn[];
  readonly comment?: string;
  readonly buckets?: { readonly columns: readonly string[]; readonly count: number };
  readonly location?: string;
  readonly properties: Properties;
}

export interface ShowFilter {
  /** A Hive pattern ('a*|b*') or, with LIKE in SHOW COLUMNS and the like, the same. */
  readonly pattern?: string;
}

export type AlterTable =
  | {
      readonly kind: 'add partitions';
      readonly table: TableName;
      readonly ifNotExists: boolean;
      readonly partitions: readonly { readonly spec: PartitionSpec; readonly location?: string }[];
    }
  | {
      readonly kind: 'drop partitions';
      readonly table: TableName;
      readonly ifExists: boolean;
      readonly specs: readonly PartitionSpec[];
    }
  | {
      readonly kind: 'rename partition';
      readonly table: TableName;
      readonly from: PartitionSpec;
      readonly to: PartitionSpec;
    }
  | {
      readonly kind: 'set location';
      readonly table: TableName;
      readonly spec?: PartitionSpec;
      readonly location: string;
    }
  | {
      readonly kind: 'add columns' | 'replace columns';
      readonly table: TableName;
      readonly spec?: PartitionSpec;
      readonly columns: readonly HiveColumn[];
    }
  | {
      readonly kind: 'change column';
      readonly table: TableName;
      readonly spec?: PartitionSpec;
      readonly from: string;
      readonly column: HiveColumn;
      /** Undefined: stays where it is. */
      readonly place?: { readonly first: true } | { readonly after: string };
    }
  | { readonly kind: 'set properties'; readonly table: TableName; readonly properties: Properties };

export type Show =
  | ({ readonly kind: 'show databases' } & ShowFilter)
  | ({ readonly kind: 'show tables' | 'show views'; readonly database: string | undefined } & ShowFilter)
  | {
      readonly kind: 'show columns' | 'show create table' | 'show create view' | 'show partitions';
      readonly table: TableName;
    }
  | { readonly kind: 'show properties'; readonly table: TableName; readonly property?: string };

export interface Describe {
  readonly kind: 'describe';
  readonly table: TableName;
  readonly detail: 'plain' | 'formatted' | 'extended';
  readonly spec?: PartitionSpec;
  readonly column?: string;
}

export type HiveStatement =
  | {
      readonly kind: 'create database';
      readonly name: string;
      readonly ifNotExists: boolean;
      readonly comment?: string;
      readonly location?: string;
      readonly properties: Properties;
    }
  | { readonly kind: 'drop database'; readonly name: string; readonly ifExists: boolean; readonly cascade: boolean }
  | { readonly kind: 'alter database'; readonly name: string; readonly properties: Properties }
  | CreateTable
  | { readonly kind: 'drop table' | 'drop view'; readonly table: TableName; readonly ifExists: boolean }
  | { readonly kind: 'repair table'; readonly table: TableName }
  | AlterTable
  | Show
  | Describe;
