import type { CatalogDatabase, CatalogPartition, CatalogTable } from './catalog.ts';

/**
 * What commands need of the outside. Core declares these; adapters implement them over the AWS SDK; tests may pass
 * their own. Every method throws an `AwsFault` (model/fault.ts) for a failure that it cannot answer by a value.
 */

/** One entry of a batch call that AWS refused inside a 200. */
export interface EntryFailure {
  readonly values: readonly string[];
  readonly code: string;
  readonly message: string;
}

export interface GluePort {
  listDatabases(): Promise<readonly CatalogDatabase[]>;
  listTables(database: string): Promise<readonly CatalogTable[]>;
  getTable(database: string, name: string): Promise<CatalogTable | undefined>;
  /** `expression` is Glue's filter language; without it all partitions. */
  listPartitions(database: string, table: string, expression?: string): Promise<readonly CatalogPartition[]>;
  /** Makes up to any number of entries, 100 a call; answers the entries that failed (AlreadyExistsException among them). */
  createPartitions(
    database: string,
    table: string,
    entries: readonly CatalogPartition[],
  ): Promise<readonly EntryFailure[]>;
  /** Updates in batches of 100; answers the entries that failed. */
  updatePartitions(
    database: string,
    table: string,
    entries: readonly CatalogPartition[],
  ): Promise<readonly EntryFailure[]>;
  /** Deletes in batches of 25; answers the entries that failed. */
  deletePartitions(
    database: string,
    table: string,
    values: readonly (readonly string[])[],
  ): Promise<readonly EntryFailure[]>;
  createTable(table: CatalogTable): Promise<void>;
  /** Compare-and-set on `versionId`: fails with ConcurrentModificationException if the table moved since it was read. */
  updateTable(
    table: CatalogTable,
    options: { readonly versionId: string; readonly skipArchive: boolean },
  ): Promise<void>;
  deleteTable(database: string, name: string): Promise<void>;
  /** Writes description, location and parameters; permissions and links of the database stay as they are. */
  updateDatabase(database: CatalogDatabase): Promise<void>;
}

export interface QueryStatistics {
  readonly bytesScanned: number;
  readonly engineMs: number;
  readonly totalMs: number;
}

export type QueryOutcome =
  | {
      readonly state: 'succeeded';
      readonly queryId: string;
      readonly statistics: QueryStatistics;
      readonly outputLocation: string | undefined;
      readonly manifestLocation: string | undefined;
    }
  | {
      readonly state: 'failed' | 'cancelled';
      readonly queryId: string;
      readonly reason: string;
      readonly statistics: QueryStatistics;
    };

export interface QueryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Values in Athena's text form; null for NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface StartQuery {
  readonly sql: string;
  readonly workgroup: string;
  readonly database?: string;
  /** ClientRequestToken, 32 to 128 characters; the same token gives the same execution, also a failed one. */
  readonly token?: string;
}

export interface AthenaPort {
  start(query: StartQuery): Promise<string>;
  /** Polls until the query has ended; a signal stops the query and answers `cancelled`. */
  wait(queryId: string, signal?: AbortSignal): Promise<QueryOutcome>;
  stop(queryId: string): Promise<void>;
  /** All result rows of a SELECT that succeeded (without Athena's header row), at most `limit`. */
  rows(queryId: string, limit?: number): Promise<QueryRows>;
}

export interface ObjectInfo {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
}

export type PutCondition = { readonly ifNoneMatch: '*' } | { readonly ifMatch: string };

export interface S3Port {
  list(bucket: string, prefix: string): AsyncIterable<ObjectInfo>;
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>;
  /** The whole object, or its first `first` bytes. */
  get(
    bucket: string,
    key: string,
    options?: { readonly first?: number },
  ): Promise<{ readonly body: Uint8Array; readonly etag: string } | undefined>;
  /** Answers the new ETag, or undefined where the condition did not hold. */
  put(
    bucket: string,
    key: string,
    body: Uint8Array | string,
    options?: { readonly condition?: PutCondition; readonly contentType?: string },
  ): Promise<string | undefined>;
  delete(bucket: string, keys: readonly string[]): Promise<readonly EntryFailure[]>;
}

/** A message for whoever subscribed to a topic. */
export interface Notice {
  readonly subject: string;
  readonly message: string;
  /** What subscribers filter by. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The topic of an environment. */
export interface SnsPort {
  /** Gives up after some seconds, and sooner once the signal aborts: nothing may wait for it for long. */
  publish(notice: Notice, signal?: AbortSignal): Promise<void>;
}
