import type { TableDefinition } from '../model/definition.ts';
import { addDays, type Day, daysOf, periods, tableGranularity, valuesOf } from '../partition/index.ts';
import { quoteIdentifier, quoteRelation } from '../sql/index.ts';
import { auditKey } from './audit.ts';
import { amongPartitions } from './literal.ts';

/** How many rows a source has for the days of each partition: what a row count against the source compares with. */
export interface SourceCount {
  readonly sql: string;
  /** The rows of the source for a partition, from the rows of the query. */
  readonly read: (rows: readonly (readonly (string | null)[])[], partition: readonly string[]) => number;
}

/** Beyond these the list of partitions would be most of the statement: all are counted. */
const MOST_LISTED = 2000;

/** The query that counts a source's rows by its own partitions, and how its answer is read for each of the table's. */
export function sourceCount(
  table: TableDefinition,
  source: TableDefinition,
  partitions: readonly (readonly string[])[],
  rename: (database: string) => string,
): SourceCount {
  const dated = { ...source, partitions: source.partitions.filter((column) => column.date !== undefined) };
  const from = quoteRelation(rename(source.database), source.name);
  const wanted = (partition: readonly string[]): readonly (readonly string[])[] =>
    sourcePartitions(table, dated, partition);
  if (table.partitions.length === 0 || dated.partitions.length === 0) {
    return { sql: `SELECT count(*) AS row_count FROM ${from}`, read: (rows) => Number(rows[0]?.[0] ?? 0) };
  }
  const keys = dated.partitions.map((column) => quoteIdentifier(column.name));
  const listed = [...new Map(partitions.flatMap(wanted).map((each) => [auditKey(dated, each), each])).values()];
  const inside = listed.length > MOST_LISTED ? '' : `\nWHERE ${amongPartitions(dated.partitions, listed)}`;
  return {
    sql: `SELECT ${keys.join(', ')}, count(*) AS row_count\nFROM ${from}${inside}\nGROUP BY ${keys.join(', ')}`,
    read: (rows, partition) => {
      const counts = new Map(
        rows.map((row) => [auditKey(dated, row.slice(0, keys.length)), Number(row[keys.length] ?? 0)]),
      );
      return wanted(partition).reduce((sum, values) => sum + (counts.get(auditKey(dated, values)) ?? 0), 0);
    },
  };
}

/** The partitions of the source that have a day in common with a partition. */
function sourcePartitions(
  table: TableDefinition,
  source: TableDefinition,
  partition: readonly string[],
): readonly (readonly string[])[] {
  const days = daysOf(table.partitions, partition);
  const granularity = tableGranularity(source.partitions);
  if (days === undefined || granularity === undefined) return [];
  return periods(days, granularity).flatMap(({ from }) => [valuesOf(source.partitions, from) ?? []]);
}

/** Rows of what was loaded before, by the first day of its partition. */
export type RowsByDay = ReadonlyMap<Day, number>;

/** The average of the last partitions before one; undefined if there are none. */
export function averageBefore(rows: RowsByDay, first: Day, count: number): number | undefined {
  const before = [...rows].filter(([day]) => day < first).toSorted(([a], [b]) => (a < b ? 1 : -1));
  const last = before.slice(0, count).map(([, each]) => each);
  return last.length === 0 ? undefined : last.reduce((sum, each) => sum + each, 0) / last.length;
}

/** How far back the partitions that are averaged are looked for: twice the time that they take without gaps. */
export function lookBack(table: TableDefinition, first: Day, count: number): Day {
  const length = { day: 1, month: 31, year: 366 }[tableGranularity(table.partitions) ?? 'day'];
  const days = 2 * count * length;
  return first > '0100-01-01' ? addDays(first, -days) : first;
}
