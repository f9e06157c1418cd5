import type { ColumnStatistics } from '../catalog/table-detail.ts';
import { putStatistics, type StatisticsOwner } from './column-statistics.ts';
import { operation } from './operation.ts';
import { columnStatistics, ofTable, request, values } from './shapes.ts';

type Input = StatisticsOwner & { readonly ColumnStatisticsList: readonly ColumnStatistics[] };

export const updateColumnStatisticsForPartition = operation<Input>(
  request({ ...ofTable, 'PartitionValues!': values, 'ColumnStatisticsList!': columnStatistics }),
  putStatistics,
);
