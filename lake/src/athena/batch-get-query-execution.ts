import { structure } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { executionIds } from './shapes.ts';

interface Input {
  readonly QueryExecutionIds: readonly string[];
}

export const batchGetQueryExecution = operation<Input>(
  structure({ 'QueryExecutionIds!': executionIds }),
  ({ QueryExecutionIds }, { history }) => {
    const found = QueryExecutionIds.map((id) => ({ id, record: history.get(id) }));
    return {
      QueryExecutions: found.flatMap(({ record }) => record?.execution ?? []),
      UnprocessedQueryExecutionIds: found.flatMap(({ id, record }) =>
        record
          ? []
          : [
              {
                QueryExecutionId: id,
                ErrorCode: 'INVALID_QUERY_EXECUTION_ID',
                ErrorMessage: `QueryExecution ${id} was not found`,
              },
            ],
      ),
    };
  },
);
