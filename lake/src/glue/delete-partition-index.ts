import { notFound, operation } from './operation.ts';
import { name, ofTable, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly IndexName: string;
}

export const deletePartitionIndex = operation<Input>(
  request({ ...ofTable, 'IndexName!': name }),
  async (input, { catalog }) => {
    const there = catalog.partitionIndexes(input.DatabaseName, input.TableName);
    const left = there.filter((index) => index.IndexName !== input.IndexName);
    if (left.length === there.length)
      throw notFound(`Index with the given indexName : ${input.IndexName} does not exist`);
    await catalog.setPartitionIndexes(input.DatabaseName, input.TableName, left);
    return {};
  },
);
