import { getStatistics, type StatisticsOwner } from './column-statistics.ts';
import { operation } from './operation.ts';
import { columnNames, ofTable, request } from './shapes.ts';

type Input = StatisticsOwner & { readonly ColumnNames: readonly string[] };

export const getColumnStatisticsForTable = operation<Input>(
  request({ ...ofTable, 'ColumnNames!': columnNames }),
  getStatistics,
);
