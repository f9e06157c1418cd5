import { operation } from './operation.ts';
import { ofTable, request, values } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly PartitionValues: readonly string[];
}

export const deletePartition = operation<Input>(
  request({ ...ofTable, 'PartitionValues!': values }),
  async (input, { catalog }) => {
    await catalog.deletePartitions(input.DatabaseName, input.TableName, [input.PartitionValues]);
    return {};
  },
);
