import type { GlueDatabaseInput } from '../catalog/catalog.ts';
import { operation } from './operation.ts';
import { databaseInput, name, request } from './shapes.ts';

interface Input {
  readonly Name: string;
  readonly DatabaseInput: GlueDatabaseInput;
}

export const updateDatabase = operation<Input>(
  request({ 'Name!': name, 'DatabaseInput!': databaseInput }),
  async (input, { catalog }) => {
    await catalog.updateDatabase(input.Name, input.DatabaseInput);
    return {};
  },
);
