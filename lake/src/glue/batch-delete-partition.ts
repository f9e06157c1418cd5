import { list } from '../shape/shape.ts';
import { errorDetail, operation } from './operation.ts';
import { ofTable, request, valueList } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly PartitionsToDelete: readonly { readonly Values: readonly string[] }[];
}

export const batchDeletePartition = operation<Input>(
  request({ ...ofTable, 'PartitionsToDelete!': list(valueList, { max: 25 }) }),
  async (input, { catalog }) => {
    const entries = input.PartitionsToDelete;
    const outcomes = await catalog.changePartitions(
      input.DatabaseName,
      input.TableName,
      entries.map((entry) => ({ kind: 'delete', values: entry.Values })),
    );
    return {
      Errors: outcomes.flatMap((error, index) =>
        error ? [{ PartitionValues: entries[index]!.Values, ErrorDetail: errorDetail(error) }] : [],
      ),
    };
  },
);
