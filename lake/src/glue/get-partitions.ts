import { crc32 } from 'node:zlib';
import type { GluePartition } from '../catalog/catalog.ts';
import { boolean, integer, structure } from '../shape/shape.ts';
import { partitionFilter } from './filter.ts';
import { tableNamed } from './get-table.ts';
import { invalid, operation } from './operation.ts';
import { lastGiven, pageOf } from './page.ts';
import { expression, ofTable, paging, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly Expression?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly Segment?: { readonly SegmentNumber: number; readonly TotalSegments: number };
  readonly ExcludeColumnSchema?: boolean;
}

const segment = structure({
  'SegmentNumber!': integer({ min: 0 }),
  'TotalSegments!': integer({ min: 1, max: 10 }),
});

export const getPartitions = operation<Input>(
  request({
    ...ofTable,
    ...paging(1000),
    Expression: expression,
    Segment: segment,
    ExcludeColumnSchema: boolean,
  }),
  (input, call) => {
    const table = tableNamed(call, input.DatabaseName, input.TableName);
    const matches = input.Expression?.trim()
      ? partitionFilter(input.Expression, table.PartitionKeys ?? [])
      : () => true;
    const inSegment = segmentTest(input.Segment);
    const keep = (values: readonly string[]) => inSegment(values) && matches(values);
    const wanted = call.catalog.partitionsAfter(input.DatabaseName, input.TableName, lastGiven(input), keep);
    const page = pageOf(wanted, input, { size: 1000, key: (partition) => partition.Values });
    const shown = input.ExcludeColumnSchema ? page.items.map(withoutColumns) : page.items;
    return { Partitions: shown, ...page.token };
  },
);

/** Segments cut a table's partitions into disjoint parts, so that several readers share the work. */
function segmentTest(asked: Input['Segment']): (values: readonly string[]) => boolean {
  if (!asked) return () => true;
  if (asked.SegmentNumber >= asked.TotalSegments) {
    throw invalid('SegmentNumber must be less than TotalSegments.');
  }
  return (values) => crc32(JSON.stringify(values)) % asked.TotalSegments === asked.SegmentNumber;
}

function withoutColumns(partition: GluePartition): GluePartition {
  if (!partition.StorageDescriptor) return partition;
  const { Columns: _columns, ...rest } = partition.StorageDescriptor;
  return { ...partition, StorageDescriptor: rest };
}
