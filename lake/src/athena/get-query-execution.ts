import { structure } from '../shape/shape.ts';
import { hasEnded, type QueryRecord } from './execution.ts';
import { type AthenaCall, operation, refused } from './operation.ts';
import { executionId } from './shapes.ts';

interface Input {
  readonly QueryExecutionId: string;
}

/** A query at work gets this long to end before the answer, so that a client's first look at a small one is its last. */
const PATIENCE_MS = 100;

export const getQueryExecution = operation<Input>(
  structure({ 'QueryExecutionId!': executionId }),
  async ({ QueryExecutionId }, call) => {
    const record = recordOf(call, QueryExecutionId);
    if (hasEnded(record)) return { QueryExecution: record.execution };
    await call.runner.ended(QueryExecutionId, PATIENCE_MS);
    return { QueryExecution: recordOf(call, QueryExecutionId).execution };
  },
);

export function recordOf(call: AthenaCall, id: string): QueryRecord {
  const record = call.history.get(id);
  if (!record) throw refused(`QueryExecution ${id} was not found`);
  return record;
}
