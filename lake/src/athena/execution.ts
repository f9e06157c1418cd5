import type { ColumnInfo } from './column-info.ts';
import type { StatementType } from './engine.ts';

export type QueryState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export interface ResultConfiguration {
  readonly OutputLocation?: string;
  readonly EncryptionConfiguration?: unknown;
  readonly ExpectedBucketOwner?: string;
  readonly AclConfiguration?: unknown;
}

export interface AthenaError {
  readonly ErrorCategory: number;
  readonly ErrorType: number;
  readonly Retryable: boolean;
  readonly ErrorMessage: string;
}

export interface QueryStatus {
  readonly State: QueryState;
  readonly StateChangeReason?: string;
  readonly SubmissionDateTime: number;
  readonly CompletionDateTime?: number;
  readonly AthenaError?: AthenaError;
}

export interface QueryStatistics {
  readonly EngineExecutionTimeInMillis?: number;
  readonly DataScannedInBytes?: number;
  readonly DataManifestLocation?: string;
  readonly TotalExecutionTimeInMillis?: number;
  readonly QueryQueueTimeInMillis?: number;
  readonly ServicePreProcessingTimeInMillis?: number;
  readonly QueryPlanningTimeInMillis?: number;
  readonly ServiceProcessingTimeInMillis?: number;
  readonly ResultReuseInformation?: { readonly ReusedPreviousResult: boolean };
}

/** QueryExecution, as on the wire. */
export interface QueryExecution {
  readonly QueryExecutionId: string;
  readonly Query: string;
  readonly StatementType: StatementType;
  readonly SubstatementType: string;
  readonly ResultConfiguration: ResultConfiguration;
  readonly ResultReuseConfiguration?: unknown;
  readonly QueryExecutionContext: { readonly Database?: string; readonly Catalog?: string };
  readonly Status: QueryStatus;
  readonly Statistics: QueryStatistics;
  readonly WorkGroup: string;
  readonly EngineVersion: { readonly SelectedEngineVersion: string; readonly EffectiveEngineVersion: string };
  readonly ExecutionParameters?: readonly string[];
}

/** How the rows of a result lie in S3. */
export type ResultLayout =
  /** Header row, then the rows: SELECT. */
  | { readonly kind: 'csv' }
  /** One row a line, its cells parted by tabs (one cell: the line is the cell). */
  | { readonly kind: 'text'; readonly cells: number }
  | { readonly kind: 'none' };

export interface QueryResult {
  readonly columns: readonly ColumnInfo[];
  readonly layout: ResultLayout;
  readonly updateCount?: number;
  readonly inputRows?: number;
  readonly inputBytes?: number;
  readonly outputRows?: number;
  readonly outputBytes?: number;
}

/** One query in the history: what clients see of it, and what the API needs to answer for it later. */
export interface QueryRecord {
  readonly execution: QueryExecution;
  /** ClientRequestToken and a digest of the request's other parameters. */
  readonly token?: string;
  readonly digest: string;
  /** `s3://bucket/prefix/`: where results of the workgroup or client go. */
  readonly base: string;
  readonly result?: QueryResult;
}

export function hasEnded(record: QueryRecord): boolean {
  const state = record.execution.Status.State;
  return state !== 'QUEUED' && state !== 'RUNNING';
}
