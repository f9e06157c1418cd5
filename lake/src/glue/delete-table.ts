import { operation } from './operation.ts';
import { name, ofDatabase, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly Name: string;
}

export const deleteTable = operation<Input>(request({ ...ofDatabase, 'Name!': name }), async (input, { catalog }) => {
  await catalog.deleteTable(input.DatabaseName, input.Name);
  return {};
});
