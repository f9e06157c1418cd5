import { tableNamed } from './get-table.ts';
import { notFound, operation } from './operation.ts';
import { ofTable, request, values } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly PartitionValues: readonly string[];
}

export const getPartition = operation<Input>(request({ ...ofTable, 'PartitionValues!': values }), (input, call) => {
  tableNamed(call, input.DatabaseName, input.TableName);
  const partition = call.catalog.partition(input.DatabaseName, input.TableName, input.PartitionValues);
  if (!partition) throw notFound('Cannot find partition.');
  return { Partition: partition };
});
