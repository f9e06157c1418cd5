import type { GlueDatabaseInput } from '../catalog/catalog.ts';
import { operation } from './operation.ts';
import { databaseArn } from './present.ts';
import { databaseInput, request, tags } from './shapes.ts';

interface Input {
  readonly DatabaseInput: GlueDatabaseInput;
  readonly Tags?: Readonly<Record<string, string>>;
}

export const createDatabase = operation<Input>(
  request({ 'DatabaseInput!': databaseInput, Tags: tags }),
  async (input, call) => {
    await call.catalog.createDatabase(input.DatabaseInput);
    if (input.Tags) await call.catalog.setTags(databaseArn(call, input.DatabaseInput.Name), input.Tags);
    return {};
  },
);
