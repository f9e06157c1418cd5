import { createHash } from 'node:crypto';
import { UserError } from '../../core/model/exit.ts';
import type { QueryOutcome, QueryRows } from '../../core/model/ports.ts';
import type { LoadContext } from './context.ts';

/** What statements have scanned so far, each counted by itself because each is billed by itself. */
export interface Meter {
  readonly scanned: number[];
}

/** One statement of a load. */
export interface Statement {
  readonly sql: string;
  /** The load that it belongs to and which of its statements it is: what its request token is made of. */
  readonly loadId: string;
  readonly step: string;
  readonly meter: Meter;
  /** Told the query's id as soon as there is one. */
  readonly started?: (queryId: string) => Promise<void>;
}

export type Succeeded = Extract<QueryOutcome, { state: 'succeeded' }>;

/** Runs a statement in the load workgroup; a signal stops it in Athena too. */
export async function runStatement(context: LoadContext, statement: Statement): Promise<Succeeded> {
  context.signal.throwIfAborted();
  const queryId = await context.athena.start({
    sql: statement.sql,
    workgroup: context.environment.workgroups.load,
    token: requestToken(statement),
  });
  await statement.started?.(queryId);
  const outcome = await context.athena.wait(queryId, context.signal);
  statement.meter.scanned.push(outcome.statistics.bytesScanned);
  if (outcome.state === 'succeeded') return outcome;
  if (context.signal.aborted) throw context.signal.reason;
  throw new StatementError(statement.step, outcome.reason, queryId);
}

/** Runs a statement and reads all rows that it answers. */
export async function runQuery(context: LoadContext, statement: Statement): Promise<QueryRows> {
  const outcome = await runStatement(context, statement);
  return context.athena.rows(outcome.queryId);
}

/** A statement that Athena ended as failed or cancelled. */
export class StatementError extends UserError {
  readonly reason: string;
  constructor(step: string, reason: string, queryId: string) {
    super(`Athena ended the ${step} statement: ${reason || 'no reason given'}`, cureFor(reason), {
      cause: new Error(`query ${queryId}`),
    });
    this.name = 'StatementError';
    this.reason = reason;
  }
}

/** Athena's errors about what is in a file, not about the statement; what it has no name for is mostly that, too. */
const OF_DATA =
  /^\W*(INVALID_CAST_ARGUMENT|INVALID_FUNCTION_ARGUMENT|NUMERIC_VALUE_OUT_OF_RANGE|DIVISION_BY_ZERO|HIVE_BAD_DATA|HIVE_CURSOR_ERROR|HIVE_INVALID_METADATA|HIVE_CANNOT_OPEN_SPLIT|GENERIC_INTERNAL_ERROR)/;

/** True for a statement that failed because of the data that it read: without some of it, it would succeed. */
export function isOfData(error: unknown): error is UserError {
  const cause = error instanceof UserError && !(error instanceof StatementError) ? error.cause : error;
  return cause instanceof StatementError && OF_DATA.test(cause.reason);
}

/**
 * The same statement of the same load gives the same token, so that a lost reply does not start it twice, and a run that
 * goes on with a load finds the execution that is there. Athena answers a known token with the old execution, failed or
 * not: so what failed is tried again under another load id, never under its own.
 */
function requestToken({ loadId, step }: Statement): string {
  return createHash('sha256')
    .update(JSON.stringify([loadId, step]))
    .digest('hex');
}

function cureFor(reason: string): string {
  if (/bytes scanned limit|Bytes scanned limit|exceeded.*scan/i.test(reason)) {
    return 'the workgroup limits what a query may scan: load fewer days at a time, or raise the limit';
  }
  if (/COLUMN_NOT_FOUND|TABLE_NOT_FOUND|SCHEMA_NOT_FOUND/.test(reason)) {
    return 'compare the SQL with the catalog; npm run plan shows what apply would still change';
  }
  if (/TOO_MANY_OPEN_PARTITIONS/.test(reason)) {
    return 'the SQL yields more partitions than days were asked for: check how it derives the partition columns';
  }
  if (/CURSOR_ERROR|BAD_DATA/.test(reason))
    return 'a source file cannot be read as its table declares it: check the file';
  return 'correct the SQL, or the data that the message names, and run the load again';
}
