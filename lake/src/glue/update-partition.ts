import type { GluePartitionInput } from '../catalog/catalog.ts';
import { list, text } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { ofTable, partitionInput, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly PartitionValueList: readonly string[];
  readonly PartitionInput: GluePartitionInput;
}

/** Other Values in the input than in the list move the partition. There is no compare-and-set for partitions in Glue. */
export const updatePartition = operation<Input>(
  request({
    ...ofTable,
    'PartitionValueList!': list(text({ max: 1024 }), { max: 100 }),
    'PartitionInput!': partitionInput,
  }),
  async (input, { catalog }) => {
    await catalog.updatePartition(input.DatabaseName, input.TableName, input.PartitionValueList, input.PartitionInput);
    return {};
  },
);
