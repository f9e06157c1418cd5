import { deleteStatistics, type StatisticsOwner } from './column-statistics.ts';
import { operation } from './operation.ts';
import { name, ofTable, request, values } from './shapes.ts';

type Input = StatisticsOwner & { readonly ColumnName: string };

export const deleteColumnStatisticsForPartition = operation<Input>(
  request({ ...ofTable, 'PartitionValues!': values, 'ColumnName!': name }),
  deleteStatistics,
);
