import { structure } from '../shape/shape.ts';
import { recordOf } from './get-query-execution.ts';
import { operation } from './operation.ts';
import { executionId } from './shapes.ts';

interface Input {
  readonly QueryExecutionId: string;
}

const PATIENCE_MS = 2000;

/** Fine for a query that has ended, as with Athena. The state changes when the engine has really let go. */
export const stopQueryExecution = operation<Input>(
  structure({ 'QueryExecutionId!': executionId }),
  async ({ QueryExecutionId }, call) => {
    recordOf(call, QueryExecutionId);
    call.runner.stop(QueryExecutionId);
    await call.runner.ended(QueryExecutionId, PATIENCE_MS);
    return {};
  },
);
