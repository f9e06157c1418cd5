import { structure } from '../shape/shape.ts';
import { recordOf } from './get-query-execution.ts';
import { operation } from './operation.ts';
import { executionId } from './shapes.ts';

interface Input {
  readonly QueryExecutionId: string;
}

export const getQueryRuntimeStatistics = operation<Input>(
  structure({ 'QueryExecutionId!': executionId }),
  ({ QueryExecutionId }, call) => {
    const { execution, result } = recordOf(call, QueryExecutionId);
    const statistics = execution.Statistics;
    return {
      QueryRuntimeStatistics: {
        Timeline: {
          QueryQueueTimeInMillis: statistics.QueryQueueTimeInMillis ?? 0,
          ServicePreProcessingTimeInMillis: statistics.ServicePreProcessingTimeInMillis ?? 0,
          QueryPlanningTimeInMillis: statistics.QueryPlanningTimeInMillis ?? 0,
          EngineExecutionTimeInMillis: statistics.EngineExecutionTimeInMillis ?? 0,
          ServiceProcessingTimeInMillis: statistics.ServiceProcessingTimeInMillis ?? 0,
          TotalExecutionTimeInMillis: statistics.TotalExecutionTimeInMillis ?? 0,
        },
        ...(result
          ? {
              Rows: {
                ...(result.inputRows === undefined ? {} : { InputRows: result.inputRows }),
                InputBytes: result.inputBytes ?? 0,
                OutputBytes: result.outputBytes ?? 0,
                OutputRows: result.outputRows ?? 0,
              },
            }
          : {}),
      },
    };
  },
);
