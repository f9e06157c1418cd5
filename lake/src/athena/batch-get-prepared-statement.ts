import { list, structure } from '../shape/shape.ts';
import { workgroupNamed } from './get-work-group.ts';
import { operation } from './operation.ts';
import { statementName, workGroupName } from './shapes.ts';

interface Input {
  readonly PreparedStatementNames: readonly string[];
  readonly WorkGroup: string;
}

export const batchGetPreparedStatement = operation<Input>(
  structure({ 'PreparedStatementNames!': list(statementName), 'WorkGroup!': workGroupName }),
  (input, call) => {
    workgroupNamed(call, input.WorkGroup);
    const known = call.settings.prepared(input.WorkGroup);
    const missing = input.PreparedStatementNames.filter((name) => !known.has(name));
    return {
      PreparedStatements: input.PreparedStatementNames.flatMap((name) => known.get(name) ?? []),
      UnprocessedPreparedStatementNames: missing.map((name) => ({
        StatementName: name,
        ErrorCode: 'INVALID_INPUT',
        ErrorMessage: `PreparedStatement ${name} was not found in workGroup ${input.WorkGroup}`,
      })),
    };
  },
);
