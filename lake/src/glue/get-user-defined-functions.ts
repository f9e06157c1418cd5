import { requireDatabase } from './get-table.ts';
import { operation } from './operation.ts';
import { name, paging, request } from './shapes.ts';

interface Input {
  readonly DatabaseName?: string;
}

export const getUserDefinedFunctions = operation<Input>(
  request({ DatabaseName: name, 'Pattern!': name, ...paging(100) }),
  (input, call) => {
    if (input.DatabaseName !== undefined) requireDatabase(call, input.DatabaseName);
    return { UserDefinedFunctions: [] };
  },
);
