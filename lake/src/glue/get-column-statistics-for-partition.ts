import { getStatistics, type StatisticsOwner } from './column-statistics.ts';
import { operation } from './operation.ts';
import { columnNames, ofTable, request, values } from './shapes.ts';

type Input = StatisticsOwner & { readonly ColumnNames: readonly string[] };

export const getColumnStatisticsForPartition = operation<Input>(
  request({ ...ofTable, 'PartitionValues!': values, 'ColumnNames!': columnNames }),
  getStatistics,
);
