import type { ColumnStatistics } from '../catalog/table-detail.ts';
import { tableNamed } from './get-table.ts';
import { errorDetail, type GlueCall, invalid, notFound } from './operation.ts';

/** What the six statistics calls share: they differ in whether they speak of a table or of one of its partitions. */
export interface StatisticsOwner {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly PartitionValues?: readonly string[];
}

export function requireOwner(owner: StatisticsOwner, call: GlueCall): void {
  tableNamed(call, owner.DatabaseName, owner.TableName);
  if (!owner.PartitionValues) return;
  if (!call.catalog.partition(owner.DatabaseName, owner.TableName, owner.PartitionValues)) {
    throw notFound('Cannot find partition.');
  }
}

export async function putStatistics(
  owner: StatisticsOwner & { readonly ColumnStatisticsList: readonly ColumnStatistics[] },
  call: GlueCall,
) {
  requireOwner(owner, call);
  const judged = owner.ColumnStatisticsList.map((statistics) => ({ statistics, refusal: refusalOf(statistics) }));
  const good = judged.filter((each) => !each.refusal).map((each) => each.statistics);
  if (good.length) {
    await call.catalog.putColumnStatistics(owner.DatabaseName, owner.TableName, owner.PartitionValues, good);
  }
  return {
    Errors: judged.flatMap(({ statistics, refusal }) =>
      refusal ? [{ ColumnStatistics: statistics, Error: errorDetail(refusal) }] : [],
    ),
  };
}

const MEMBERS: Readonly<Record<string, string>> = {
  BOOLEAN: 'BooleanColumnStatisticsData',
  DATE: 'DateColumnStatisticsData',
  DECIMAL: 'DecimalColumnStatisticsData',
  DOUBLE: 'DoubleColumnStatisticsData',
  LONG: 'LongColumnStatisticsData',
  STRING: 'StringColumnStatisticsData',
  BINARY: 'BinaryColumnStatisticsData',
};

function refusalOf(statistics: ColumnStatistics) {
  const member = MEMBERS[String(statistics.StatisticsData.Type)]!;
  return statistics.StatisticsData[member]
    ? undefined
    : invalid(`${member} is missing for the statistics of column ${statistics.ColumnName}.`);
}

export function getStatistics(owner: StatisticsOwner & { readonly ColumnNames: readonly string[] }, call: GlueCall) {
  requireOwner(owner, call);
  const known = call.catalog.columnStatistics(owner.DatabaseName, owner.TableName, owner.PartitionValues);
  const found = owner.ColumnNames.flatMap((column) => known.get(column) ?? []);
  const missing = owner.ColumnNames.filter((column) => !known.has(column));
  return {
    ColumnStatisticsList: found,
    Errors: missing.map((column) => ({ ColumnName: column, Error: errorDetail(noStatistics(column)) })),
  };
}

/** Deleting what is not there is no fault: engines clear the statistics of all columns after each write. */
export async function deleteStatistics(owner: StatisticsOwner & { readonly ColumnName: string }, call: GlueCall) {
  requireOwner(owner, call);
  const known = call.catalog.columnStatistics(owner.DatabaseName, owner.TableName, owner.PartitionValues);
  if (!known.has(owner.ColumnName)) return {};
  await call.catalog.deleteColumnStatistics(owner.DatabaseName, owner.TableName, owner.PartitionValues, [
    owner.ColumnName,
  ]);
  return {};
}

function noStatistics(column: string) {
  return notFound(`Statistics for column ${column} not found.`);
}
