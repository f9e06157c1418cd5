import type { PartitionColumn } from '../model/definition.ts';
import { type DateFields, firstDayOf, granularityOf, parseValue, renderDay, sortsByTime } from './date-format.ts';
import { type Day, type DayRange, type Granularity, periodOf } from './days.ts';

/** Partition columns that are tied to days by their `date` formats. */

/** The finest field of a table's date formats; undefined for a table whose partitions are not tied to days. */
export function tableGranularity(columns: readonly PartitionColumn[]): Granularity | undefined {
  return granularityOf(columns.flatMap((column) => column.date ?? []));
}

/** The partition values of a period, spelled as the definitions say; undefined where a column has no date format. */
export function valuesOf(columns: readonly PartitionColumn[], day: Day): readonly string[] | undefined {
  const values = columns.map((column) => (column.date === undefined ? undefined : renderDay(column.date, day)));
  return values.includes(undefined) ? undefined : (values as readonly string[]);
}

/** The days that a partition holds, from its values; undefined if they name no day or are spelled otherwise. */
export function daysOf(
  columns: readonly PartitionColumn[],
  values: readonly (string | null | undefined)[],
): DayRange | undefined {
  const granularity = tableGranularity(columns);
  let fields: DateFields | undefined = {};
  for (const [index, column] of columns.entries()) {
    if (column.date === undefined) continue;
    const read = parseValue(column.date, values[index] ?? '');
    fields = read && fields && merge(fields, read);
  }
  const first = fields && firstDayOf(fields);
  return first === undefined || granularity === undefined ? undefined : periodOf(first, granularity);
}

/**
 * A partition as people call it: its day, month or year where its values say no more than that, else its values; `all` for
 * a whole table.
 */
export function partitionName(columns: readonly PartitionColumn[], values: readonly (string | null)[]): string {
  if (values.length === 0) return 'all';
  const days = columns.every((column) => column.date !== undefined) ? daysOf(columns, values) : undefined;
  const length = { year: 4, month: 7, day: 10 }[tableGranularity(columns) ?? 'day'];
  return days?.from.slice(0, length) ?? values.map((value) => value ?? 'NULL').join('/');
}

/**
 * A filter for Glue's GetPartitions that keeps every partition of the range (and maybe more), undefined where none can
 * be said. It is on the first column whose spelling sorts by time.
 */
export function rangeExpression(columns: readonly PartitionColumn[], range: DayRange): string | undefined {
  const column = columns.find((each) => each.date !== undefined && sortsByTime(each.date));
  if (column?.date === undefined || !/^[a-z_][a-z0-9_]*$/.test(column.name)) return undefined;
  const plain = /^(tinyint|smallint|int|integer|bigint)$/.test(column.type);
  const literal = (day: Day): string => {
    const value = renderDay(column.date ?? '', day);
    return plain ? String(Number(value)) : `'${value.replaceAll("'", "''")}'`;
  };
  return `${column.name} >= ${literal(range.from)} AND ${column.name} <= ${literal(range.to)}`;
}

/**
 * How CTAS spells a partition value in its folders: numbers lose their leading zeros, whatever the definition's format
 * says.
 */
export function writtenValue(column: PartitionColumn, value: string): string {
  return /^(tinyint|smallint|int|integer|bigint)$/.test(column.type) && /^\d+$/.test(value)
    ? value.replace(/^0+(?=\d)/, '')
    : value;
}

function merge(a: DateFields, b: DateFields): DateFields | undefined {
  const clash = (['year', 'month', 'day'] as const).some(
    (field) => a[field] !== undefined && b[field] !== undefined && a[field] !== b[field],
  );
  return clash ? undefined : { ...a, ...b };
}
