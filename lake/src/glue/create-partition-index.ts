import type { GlueColumn } from '../catalog/catalog.ts';
import type { PartitionIndex } from '../catalog/table-detail.ts';
import { WireError } from '../wire/json-service.ts';
import { tableNamed } from './get-table.ts';
import { invalid, operation } from './operation.ts';
import { ofTable, partitionIndex, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly PartitionIndex: PartitionIndex;
}

const MOST = 3;

/** Kept and listed; the lake filters fast enough without using it. */
export const createPartitionIndex = operation<Input>(
  request({ ...ofTable, 'PartitionIndex!': partitionIndex }),
  async (input, call) => {
    const table = tableNamed(call, input.DatabaseName, input.TableName);
    const there = call.catalog.partitionIndexes(input.DatabaseName, input.TableName);
    checkIndex(input.PartitionIndex, there, table.PartitionKeys ?? []);
    await call.catalog.setPartitionIndexes(input.DatabaseName, input.TableName, [...there, input.PartitionIndex]);
    return {};
  },
);

export function checkIndex(index: PartitionIndex, there: readonly PartitionIndex[], keys: readonly GlueColumn[]): void {
  const unknown = index.Keys.find((key) => !keys.some((each) => each.Name.toLowerCase() === key.toLowerCase()));
  if (unknown !== undefined) throw invalid(`Index key ${unknown} is not a partition key of the table.`);
  if (there.some((each) => each.IndexName === index.IndexName)) {
    throw new WireError('AlreadyExistsException', `Index with the given indexName : ${index.IndexName} already exists`);
  }
  if (there.some((each) => each.Keys.join() === index.Keys.join())) {
    throw new WireError('AlreadyExistsException', 'Index with the given keys already exists');
  }
  if (there.length >= MOST) {
    throw new WireError('ResourceNumberLimitExceededException', `A table can have ${MOST} partition indexes.`);
  }
}
