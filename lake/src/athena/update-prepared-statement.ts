import { structure, text } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { statementNamed } from './prepared-statement.ts';
import { queryString, statementName, workGroupName } from './shapes.ts';

interface Input {
  readonly StatementName: string;
  readonly WorkGroup: string;
  readonly QueryStatement: string;
  readonly Description?: string;
}

export const updatePreparedStatement = operation<Input>(
  structure({
    'StatementName!': statementName,
    'WorkGroup!': workGroupName,
    'QueryStatement!': queryString,
    Description: text({ min: 1, max: 1024 }),
  }),
  async ({ WorkGroup, ...input }, call) => {
    const before = statementNamed(call, WorkGroup, input.StatementName);
    await call.settings.change({
      kind: 'prepared',
      statement: { ...before, ...input, LastModifiedTime: Date.now() / 1000 },
    });
    return {};
  },
);
