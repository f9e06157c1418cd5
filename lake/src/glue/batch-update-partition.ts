import type { GluePartitionInput } from '../catalog/catalog.ts';
import { list, structure } from '../shape/shape.ts';
import { errorDetail, operation } from './operation.ts';
import { ofTable, partitionInput, request, values } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly Entries: readonly {
    readonly PartitionValueList: readonly string[];
    readonly PartitionInput: GluePartitionInput;
  }[];
}

const entry = structure({ 'PartitionValueList!': values, 'PartitionInput!': partitionInput });

export const batchUpdatePartition = operation<Input>(
  request({ ...ofTable, 'Entries!': list(entry, { min: 1, max: 100 }) }),
  async (input, { catalog }) => {
    const outcomes = await catalog.changePartitions(
      input.DatabaseName,
      input.TableName,
      input.Entries.map((each) => ({ kind: 'update', values: each.PartitionValueList, input: each.PartitionInput })),
    );
    return {
      Errors: outcomes.flatMap((error, index) =>
        error
          ? [{ PartitionValueList: input.Entries[index]!.PartitionValueList, ErrorDetail: errorDetail(error) }]
          : [],
      ),
    };
  },
);
