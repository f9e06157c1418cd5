import type { ObjectStore } from '../store/object-store.ts';
import { type Engine, EngineFailure, type EngineResult, type PreparedStatements, scanLimitExceeded } from './engine.ts';
import type { AthenaError, QueryExecution, QueryRecord, QueryState } from './execution.ts';
import type { History } from './history.ts';
import { enforcesLocation, layoutOf, resultPlace, uriOf } from './output-location.ts';
import { writeResult } from './results-writer.ts';
import type { Settings } from './settings.ts';

/** Runs queries, a few at once; the others wait as QUEUED. */
export interface Runner {
  /** Takes a query that is in the history as QUEUED. */
  start(record: QueryRecord): void;
  /** Asks the query to end; resolves at once, the end comes when the engine lets go. */
  stop(id: string): void;
  /** Resolves when the query has ended, after `ms` at the latest. */
  ended(id: string, ms: number): Promise<void>;
  /** Queries that wait or run. */
  active(): number;
  /** Ends all that runs as interrupted. */
  close(): Promise<void>;
}

export interface RunnerParts {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly history: History;
  readonly settings: Settings;
  /** Queries at once: so many that read or write data, and as many that only touch the catalog. */
  readonly concurrency: number;
  readonly timeoutMs: number;
}

interface Job {
  record: QueryRecord;
  readonly lane: Lane;
  readonly submitted: number;
  readonly abort: AbortController;
  /** Why the signal was given, as the end that the query then gets. */
  ending: Ending | undefined;
  readonly finished: Promise<void>;
  readonly finish: () => void;
}

interface Lane {
  running: number;
  readonly waiting: Job[];
}

interface Ending {
  readonly state: QueryState;
  readonly reason: string;
}

const STOPPED: Ending = { state: 'CANCELLED', reason: 'Query cancelled by user' };
const TIMED_OUT: Ending = { state: 'FAILED', reason: 'Query timeout' };
const SHUT_DOWN: Ending = {
  state: 'FAILED',
  reason: 'INTERNAL_ERROR: the local lake was stopped while the query was at work',
};

export function createRunner(parts: RunnerParts): Runner {
  const jobs = new Map<string, Job>();
  const data: Lane = { running: 0, waiting: [] };
  const catalog: Lane = { running: 0, waiting: [] };
  let closed = false;

  const next = (lane: Lane) => {
    while (!closed && lane.running < parts.concurrency && lane.waiting.length) void run(lane.waiting.shift()!);
  };
  const end = (job: Job, record: QueryRecord) => {
    parts.history.finish(record);
    jobs.delete(record.execution.QueryExecutionId);
    job.finish();
  };
  const run = async (job: Job) => {
    job.lane.running++;
    const timer = setTimeout(() => interrupt(job, TIMED_OUT), parts.timeoutMs);
    timer.unref();
    try {
      end(job, await perform(job, parts));
    } catch (error) {
      // The history could not be written (disk full): the query must not look as if it still ran.
      parts.history.progress({ ...job.record, execution: ended(job, failureOf(error), 0, Date.now()) });
      job.finish();
    } finally {
      clearTimeout(timer);
      job.lane.running--;
      next(job.lane);
    }
  };
  const cancelWaiting = (job: Job, ending: Ending) => {
    job.lane.waiting.splice(job.lane.waiting.indexOf(job), 1);
    end(job, { ...job.record, execution: ended(job, ending, 0, Date.now()) });
  };
  const halt = (job: Job, ending: Ending) => {
    if (job.lane.waiting.includes(job)) cancelWaiting(job, ending);
    else interrupt(job, ending);
  };

  return {
    start(record) {
      const { StatementType, SubstatementType, QueryExecutionId } = record.execution;
      const lane = StatementType === 'DML' || SubstatementType === 'CREATE_TABLE_AS_SELECT' ? data : catalog;
      const job = createJob(record, lane);
      jobs.set(QueryExecutionId, job);
      lane.waiting.push(job);
      next(lane);
    },
    stop(id) {
      const job = jobs.get(id);
      if (job) halt(job, STOPPED);
    },
    async ended(id, ms) {
      const job = jobs.get(id);
      if (!job) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([job.finished, late]);
      clearTimeout(timer);
    },
    active: () => jobs.size,
    async close() {
      closed = true;
      const open = [...jobs.values()];
      for (const job of open) halt(job, SHUT_DOWN);
      await Promise.all(open.map((job) => job.finished));
    },
  };
}

function createJob(record: QueryRecord, lane: Lane): Job {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const abort = new AbortController();
  return { record, lane, submitted: Date.now(), abort, ending: undefined, finished, finish };
}

function interrupt(job: Job, ending: Ending): void {
  job.ending ??= ending;
  job.abort.abort(new Error(ending.reason));
}

/** Executes one query from RUNNING to its end; never rejects for a failure of the query itself. */
async function perform(job: Job, parts: RunnerParts): Promise<QueryRecord> {
  const begun = Date.now();
  const running: QueryExecution = {
    ...job.record.execution,
    Status: { ...job.record.execution.Status, State: 'RUNNING' },
  };
  job.record = { ...job.record, execution: running };
  parts.history.progress(job.record);
  try {
    const result = await parts.engine.execute(requestOf(job, parts));
    return await succeed(job, parts, result, begun);
  } catch (error) {
    const ending = job.ending ?? failureOf(error);
    const scanned = error instanceof EngineFailure ? error.bytesScanned : 0;
    return { ...job.record, execution: ended(job, ending, scanned, begun) };
  }
}

function requestOf({ record, abort }: Job, { settings }: RunnerParts) {
  const { execution } = record;
  const workgroup = settings.workgroup(execution.WorkGroup);
  return {
    queryId: execution.QueryExecutionId,
    sql: execution.Query,
    database: bareName(execution.QueryExecutionContext.Database),
    catalog: execution.QueryExecutionContext.Catalog ?? 'awsdatacatalog',
    workgroup: {
      name: execution.WorkGroup,
      enforcedLocation: workgroup !== undefined && enforcesLocation(workgroup),
      scanLimit: workgroup?.Configuration.BytesScannedCutoffPerQuery,
    },
    outputLocation: record.base,
    parameters: execution.ExecutionParameters ?? [],
    prepared: preparedOf(settings, execution.WorkGroup),
    signal: abort.signal,
  };
}

/** Clients (awswrangler among them) quote the database of the context as they would in DDL; Athena takes it either way. */
function bareName(database: string | undefined): string | undefined {
  return database?.replace(/^([`"])(.*)\1$/, '$2');
}

function preparedOf(settings: Settings, workgroup: string): PreparedStatements {
  return {
    get: (name) => settings.prepared(workgroup).get(name)?.QueryStatement,
    put: (name, sql) =>
      settings.change({
        kind: 'prepared',
        statement: {
          StatementName: name,
          QueryStatement: sql,
          WorkGroupName: workgroup,
          LastModifiedTime: Date.now() / 1000,
        },
      }),
    async delete(name) {
      if (!settings.prepared(workgroup).has(name)) return false;
      await settings.change({ kind: 'drop-prepared', workgroup, name });
      return true;
    },
  };
}

async function succeed(job: Job, parts: RunnerParts, result: EngineResult, begun: number): Promise<QueryRecord> {
  const { execution } = job.record;
  const type = result.statementType ?? execution.StatementType;
  const substatement = result.substatementType ?? execution.SubstatementType;
  const layout = layoutOf(type, substatement);
  const target = resultPlace(job.record.base, execution.QueryExecutionId, type, substatement);
  const scanLimit = parts.settings.workgroup(execution.WorkGroup)?.Configuration.BytesScannedCutoffPerQuery;
  const written = await writeResult(parts.store, target, result, layout);
  const engineDone = Date.now();
  const scanned = result.finalBytesScanned?.() ?? result.bytesScanned;
  if (layout.kind === 'csv' && scanLimit !== undefined && scanned > scanLimit) throw scanLimitExceeded(scanned);
  return {
    ...job.record,
    execution: {
      ...execution,
      StatementType: type,
      SubstatementType: substatement,
      ResultConfiguration: { ...execution.ResultConfiguration, OutputLocation: uriOf(target) },
      Status: { ...execution.Status, State: 'SUCCEEDED', CompletionDateTime: engineDone / 1000 },
      Statistics: {
        ...timesOf(job, begun, engineDone),
        DataScannedInBytes: scanned,
        ...(result.planningMs === undefined ? {} : { QueryPlanningTimeInMillis: Math.round(result.planningMs) }),
        ...(written.manifest === undefined ? {} : { DataManifestLocation: written.manifest }),
        ResultReuseInformation: { ReusedPreviousResult: false },
      },
    },
    result: {
      columns: written.columns,
      layout: written.layout,
      ...(result.updateCount === undefined ? {} : { updateCount: result.updateCount }),
      ...(result.inputRows === undefined ? {} : { inputRows: result.inputRows }),
      inputBytes: result.inputBytes ?? scanned,
      outputRows: result.updateCount ?? written.rows,
      outputBytes: written.bytes,
    },
  };
}

function ended(job: Job, ending: Ending, bytesScanned: number, begun: number): QueryExecution {
  const now = Date.now();
  return {
    ...job.record.execution,
    Status: endedStatus(job.record.execution, ending, now / 1000),
    Statistics: { ...timesOf(job, begun, now), DataScannedInBytes: bytesScanned },
  };
}

function timesOf(job: Job, begun: number, now: number) {
  return {
    EngineExecutionTimeInMillis: now - begun,
    QueryQueueTimeInMillis: begun - job.submitted,
    TotalExecutionTimeInMillis: now - job.submitted,
    ServicePreProcessingTimeInMillis: 0,
    ServiceProcessingTimeInMillis: 0,
  };
}

function endedStatus(execution: QueryExecution, ending: Ending, time: number): QueryExecution['Status'] {
  return {
    ...execution.Status,
    State: ending.state,
    StateChangeReason: ending.reason,
    CompletionDateTime: time,
    ...(ending.state === 'FAILED' ? { AthenaError: athenaError(ending.reason) } : {}),
  };
}

function failureOf(error: unknown): Ending {
  if (!(error instanceof EngineFailure)) {
    const message = error instanceof Error ? error.message : String(error);
    return { state: 'FAILED', reason: `GENERIC_INTERNAL_ERROR: ${message}` };
  }
  const reason = error.code ? `${error.code}: ${error.message}` : error.message;
  return { state: error.cancelled ? 'CANCELLED' : 'FAILED', reason };
}

const SYSTEM = /^(GENERIC_INTERNAL_ERROR|INTERNAL_ERROR|Query timeout)/;

/** Category 1 is the service's fault, 2 the user's. AWS's finer ErrorType numbers are not published for most errors. */
function athenaError(reason: string): AthenaError {
  const system = SYSTEM.test(reason);
  return { ErrorCategory: system ? 1 : 2, ErrorType: system ? 401 : 1006, Retryable: false, ErrorMessage: reason };
}

/** The end of a query that was at work when the lake was killed. */
export function interruptedExecution(execution: QueryExecution): QueryExecution {
  const reason = 'INTERNAL_ERROR: the local lake ended (crash or kill) while the query was at work; run it again';
  const status = endedStatus(execution, { state: 'FAILED', reason }, Date.now() / 1000);
  return { ...execution, Status: status, Statistics: { DataScannedInBytes: 0, ...execution.Statistics } };
}
