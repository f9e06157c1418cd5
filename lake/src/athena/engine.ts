/** What the Athena API asks of whatever executes its statements (DuckDB here, a Trino elsewhere). */

export type StatementType = 'DDL' | 'DML' | 'UTILITY';

/** Looked at when StartQueryExecution is called, before an id exists. */
export type Classification =
  | {
      readonly kind: 'statement';
      readonly statementType: StatementType;
      /** As Athena reports it: SELECT, CREATE_TABLE_AS_SELECT, INSERT, SHOW_TABLES ... */
      readonly substatementType: string;
    }
  /** Athena refuses it with InvalidRequestException (AthenaErrorCode MALFORMED_QUERY) and there is no execution. */
  | { readonly kind: 'refused'; readonly message: string };

/** PREPARE, EXECUTE and DEALLOCATE work on the prepared statements of the query's workgroup. */
export interface PreparedStatements {
  get(name: string): string | undefined;
  /** Also replaces. */
  put(name: string, sql: string): Promise<void>;
  /** False where there was none. */
  delete(name: string): Promise<boolean>;
}

export interface EngineRequest {
  readonly queryId: string;
  readonly sql: string;
  /** QueryExecutionContext.Database; undefined: none was given (Athena then uses `default`). */
  readonly database: string | undefined;
  readonly catalog: string;
  readonly workgroup: {
    readonly name: string;
    /** EnforceWorkGroupConfiguration with a result location: CTAS external_location and UNLOAD's target rules follow it. */
    readonly enforcedLocation: boolean;
    /** BytesScannedCutoffPerQuery. */
    readonly scanLimit: number | undefined;
  };
  /**
   * `s3://bucket/prefix/`, ends with a slash. CTAS without a location writes below `<outputLocation>tables/<queryId>/`.
   * The result object itself is written by the API side.
   */
  readonly outputLocation: string;
  /** ExecutionParameters: SQL literals as text, in order of the `?`. */
  readonly parameters: readonly string[];
  readonly prepared: PreparedStatements;
  /** Aborted by StopQueryExecution, the query time-out and shutdown; the engine then rejects soon, with anything. */
  readonly signal: AbortSignal;
}

/** ColumnInfo of GetQueryResults; left-out fields are filled in as Athena does (CatalogName hive, Nullable UNKNOWN ...). */
export interface ResultColumn {
  readonly name: string;
  /** Athena's spelling: varchar, integer, bigint, double, float, decimal, date, timestamp, array, map, row ... */
  readonly type: string;
  readonly precision?: number;
  readonly scale?: number;
  readonly nullable?: 'NOT_NULL' | 'NULLABLE' | 'UNKNOWN';
  readonly caseSensitive?: boolean;
}

/** Athena's text form of the values; null is NULL. */
export type ResultRow = readonly (string | null)[];

export type ResultRows =
  | { readonly kind: 'none' }
  /** Small results, and DDL and utility statements (SHOW, DESCRIBE, EXPLAIN): one string a line. */
  | { readonly kind: 'rows'; readonly rows: readonly ResultRow[] }
  /** Large results: pulled batch by batch while the result object is written, so memory stays flat. */
  | { readonly kind: 'batches'; readonly batches: AsyncIterable<readonly ResultRow[]> }
  /**
   * A finished file below the object store's scratch(), exactly as Athena writes it: header row, every value quoted with
   * `"` doubled inside, NULL empty and unquoted, `\n` after every row. The API side takes it over (renames it away).
   */
  | { readonly kind: 'csv'; readonly file: string; readonly rowCount: number };

export interface EngineResult {
  /** Where set, replaces what `classify` said (EXECUTE shows the prepared statement's kind). */
  readonly statementType?: StatementType;
  readonly substatementType?: string;
  readonly columns: readonly ResultColumn[];
  readonly rows: ResultRows;
  /** CTAS, INSERT: rows written. */
  readonly updateCount?: number;
  readonly bytesScanned: number;
  /** Where the rows are pulled lazily: the figure once they all were; it wins over `bytesScanned`. */
  readonly finalBytesScanned?: () => number;
  /** CTAS, INSERT, UNLOAD: the objects written, `s3://bucket/key`; becomes <queryId>-manifest.csv. */
  readonly manifest?: readonly string[];
  readonly planningMs?: number;
  readonly inputRows?: number;
  readonly inputBytes?: number;
}

export interface Engine {
  /** Fast and without side effects; never throws. */
  classify(sql: string): Classification;
  /** Rejects with `EngineFailure`; anything else that it throws is reported as GENERIC_INTERNAL_ERROR. */
  execute(request: EngineRequest): Promise<EngineResult>;
  close(): Promise<void>;
}

/**
 * A statement that failed: the query ends FAILED with StateChangeReason `CODE: message` (the message alone where code is
 * empty, as Athena's Hive DDL errors are: `FAILED: SemanticException ...`). `cancelled`: it ends CANCELLED, as Athena does
 * when the scan limit is reached.
 */
export class EngineFailure extends Error {
  readonly code: string;
  readonly bytesScanned: number;
  readonly cancelled: boolean;
  constructor(
    code: string,
    message: string,
    options: { readonly bytesScanned?: number; readonly cancelled?: boolean } = {},
  ) {
    super(message);
    this.name = 'EngineFailure';
    this.code = code;
    this.bytesScanned = options.bytesScanned ?? 0;
    this.cancelled = options.cancelled ?? false;
  }
}

/** What Athena says when BytesScannedCutoffPerQuery stops a query. */
export function scanLimitExceeded(bytesScanned: number): EngineFailure {
  return new EngineFailure('', 'Query cancelled! : Bytes scanned limit was exceeded', {
    bytesScanned,
    cancelled: true,
  });
}
