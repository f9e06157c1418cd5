import { integer, oneOf, structure } from '../shape/shape.ts';
import { recordOf } from './get-query-execution.ts';
import { operation, refused } from './operation.ts';
import { readPage } from './results-reader.ts';
import { executionId, pageToken } from './shapes.ts';

interface Input {
  readonly QueryExecutionId: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

const MOST = 1000;

/** The first row of a SELECT's first page is the header, and counts. */
export const getQueryResults = operation<Input>(
  structure({
    'QueryExecutionId!': executionId,
    NextToken: pageToken,
    MaxResults: integer({ min: 1 }),
    QueryResultType: oneOf('DATA_ROWS'),
  }),
  async (input, call) => {
    if ((input.MaxResults ?? 0) > MOST) throw refused(`MaxResults is more than maximum allowed length ${MOST}.`);
    const { execution, result } = recordOf(call, input.QueryExecutionId);
    const state = execution.Status.State;
    if (state === 'QUEUED' || state === 'RUNNING') {
      throw refused(`Query has not yet finished. Current state: ${state}`, 'INVALID_QUERY_STATUS');
    }
    if (!result)
      throw refused(`Query did not finish successfully. Final query state: ${state}`, 'INVALID_QUERY_STATUS');
    const location = execution.ResultConfiguration.OutputLocation ?? '';
    const from = offsetOf(input.NextToken);
    const page = await readPage(call.store, location, result.layout, from, input.MaxResults ?? MOST);
    return {
      UpdateCount: result.updateCount ?? 0,
      ResultSet: {
        Rows: page.rows.map((row) => ({ Data: row.map((cell) => (cell === null ? {} : { VarCharValue: cell })) })),
        ResultSetMetadata: { ColumnInfo: result.columns },
      },
      ...(page.next === undefined ? {} : { NextToken: Buffer.from(`bytes:${page.next}`).toString('base64') }),
    };
  },
);

function offsetOf(token: string | undefined): number {
  if (!token) return 0; // a null says nothing
  const match = /^bytes:(\d{1,15})$/.exec(Buffer.from(token, 'base64').toString('latin1'));
  if (!match) throw refused('Invalid NextToken');
  return Number(match[1]);
}
