import { list } from '../shape/shape.ts';
import { tableNamed } from './get-table.ts';
import { operation } from './operation.ts';
import { ofTable, request, valueList } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly PartitionsToGet: readonly { readonly Values: readonly string[] }[];
}

/** Partitions that do not exist are left out of the answer. */
export const batchGetPartition = operation<Input>(
  request({ ...ofTable, 'PartitionsToGet!': list(valueList, { max: 1000 }) }),
  (input, call) => {
    tableNamed(call, input.DatabaseName, input.TableName);
    const found = input.PartitionsToGet.flatMap(
      ({ Values }) => call.catalog.partition(input.DatabaseName, input.TableName, Values) ?? [],
    );
    return { Partitions: found, UnprocessedKeys: [] };
  },
);
