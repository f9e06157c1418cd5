import type { GluePartitionInput } from '../catalog/catalog.ts';
import { operation } from './operation.ts';
import { ofTable, partitionInput, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly PartitionInput: GluePartitionInput;
}

export const createPartition = operation<Input>(
  request({ ...ofTable, 'PartitionInput!': partitionInput }),
  async (input, { catalog }) => {
    await catalog.createPartitions(input.DatabaseName, input.TableName, [input.PartitionInput]);
    return {};
  },
);
