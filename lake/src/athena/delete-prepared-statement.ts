import { structure } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { statementNamed } from './prepared-statement.ts';
import { statementName, workGroupName } from './shapes.ts';

interface Input {
  readonly StatementName: string;
  readonly WorkGroup: string;
}

export const deletePreparedStatement = operation<Input>(
  structure({ 'StatementName!': statementName, 'WorkGroup!': workGroupName }),
  async ({ WorkGroup, StatementName }, call) => {
    statementNamed(call, WorkGroup, StatementName);
    await call.settings.change({ kind: 'drop-prepared', workgroup: WorkGroup, name: StatementName });
    return {};
  },
);
