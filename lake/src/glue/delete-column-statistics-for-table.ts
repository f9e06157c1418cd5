import { deleteStatistics, type StatisticsOwner } from './column-statistics.ts';
import { operation } from './operation.ts';
import { name, ofTable, request } from './shapes.ts';

type Input = StatisticsOwner & { readonly ColumnName: string };

export const deleteColumnStatisticsForTable = operation<Input>(
  request({ ...ofTable, 'ColumnName!': name }),
  deleteStatistics,
);
