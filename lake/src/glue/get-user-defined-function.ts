import { requireDatabase } from './get-table.ts';
import { notFound, operation } from './operation.ts';
import { name, ofDatabase, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly FunctionName: string;
}

/** The lake keeps no functions (CreateUserDefinedFunction is refused by name), so none is ever found. */
export const getUserDefinedFunction = operation<Input>(
  request({ ...ofDatabase, 'FunctionName!': name }),
  (input, call) => {
    requireDatabase(call, input.DatabaseName);
    throw notFound(`Function ${input.FunctionName} not found.`);
  },
);
