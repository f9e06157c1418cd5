import { structure } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { statementNamed } from './prepared-statement.ts';
import { statementName, workGroupName } from './shapes.ts';

interface Input {
  readonly StatementName: string;
  readonly WorkGroup: string;
}

export const getPreparedStatement = operation<Input>(
  structure({ 'StatementName!': statementName, 'WorkGroup!': workGroupName }),
  (input, call) => ({ PreparedStatement: statementNamed(call, input.WorkGroup, input.StatementName) }),
);
