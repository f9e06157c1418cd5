import type { GluePartitionInput } from '../catalog/catalog.ts';
import { list } from '../shape/shape.ts';
import { errorDetail, operation } from './operation.ts';
import { ofTable, partitionInput, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly PartitionInputList: readonly GluePartitionInput[];
}

/** Entries that cannot be made are told in `Errors`; the others are made. */
export const batchCreatePartition = operation<Input>(
  request({ ...ofTable, 'PartitionInputList!': list(partitionInput, { max: 100 }) }),
  async (input, { catalog }) => {
    const entries = input.PartitionInputList;
    const outcomes = await catalog.changePartitions(
      input.DatabaseName,
      input.TableName,
      entries.map((entry) => ({ kind: 'create', input: entry })),
    );
    return {
      Errors: outcomes.flatMap((error, index) =>
        error ? [{ PartitionValues: entries[index]!.Values, ErrorDetail: errorDetail(error) }] : [],
      ),
    };
  },
);
