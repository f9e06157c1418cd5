import { text } from '../shape/shape.ts';
import { tableNamed } from './get-table.ts';
import { operation } from './operation.ts';
import { ofTable, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
}

export const getPartitionIndexes = operation<Input>(request({ ...ofTable, NextToken: text() }), (input, call) => {
  const { PartitionKeys = [] } = tableNamed(call, input.DatabaseName, input.TableName);
  const indexes = call.catalog.partitionIndexes(input.DatabaseName, input.TableName);
  return {
    PartitionIndexDescriptorList: indexes.map(({ IndexName, Keys }) => ({
      IndexName,
      Keys: Keys.map((key) => {
        const column = PartitionKeys.find((each) => each.Name.toLowerCase() === key.toLowerCase());
        return { Name: key, ...(column?.Type === undefined ? {} : { Type: column.Type }) };
      }),
      IndexStatus: 'ACTIVE',
    })),
  };
});
