import type { GlueTableInput } from '../catalog/catalog.ts';
import type { PartitionIndex } from '../catalog/table-detail.ts';
import { list } from '../shape/shape.ts';
import { checkIndex } from './create-partition-index.ts';
import { invalid, operation } from './operation.ts';
import { ofDatabase, partitionIndex, request, tableInput } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableInput?: GlueTableInput;
  readonly PartitionIndexes?: readonly PartitionIndex[];
  readonly OpenTableFormatInput?: unknown;
}

export const createTable = operation<Input>(
  request({ ...ofDatabase, TableInput: tableInput, PartitionIndexes: list(partitionIndex, { max: 3 }) }),
  async (input, { catalog }) => {
    if (input.OpenTableFormatInput) throw invalid('OpenTableFormatInput (Iceberg) is not supported by the local lake.');
    if (!input.TableInput) throw invalid('TableInput cannot be null.');
    const indexes: PartitionIndex[] = [];
    for (const index of input.PartitionIndexes ?? []) {
      checkIndex(index, indexes, input.TableInput.PartitionKeys ?? []);
      indexes.push(index);
    }
    await catalog.createTable(input.DatabaseName, input.TableInput);
    if (indexes.length) await catalog.setPartitionIndexes(input.DatabaseName, input.TableInput.Name, indexes);
    return {};
  },
);
