export {
  firstDayOf,
  granularityOf,
  parseValue,
  renderDay,
  sortsByTime,
  valuePattern,
} from './date-format.ts';
export { daysOf, partitionName, rangeExpression, tableGranularity, valuesOf, writtenValue } from './dated.ts';
export {
  addDays,
  type Day,
  type DayRange,
  daysBetween,
  EARLIEST,
  type Granularity,
  isDay,
  isLakeDay,
  LATEST,
  overlaps,
  periodOf,
  periods,
} from './days.ts';
export { escapeSegment, isDataObject, partitionFolder, unescapeSegment } from './folder.ts';
export { type Group, type GroupLimits, group, MOST_WRITERS, type Unit } from './groups.ts';
export { beginOf, dayAt, instantOf, isTime, isZone, yesterdayAt } from './zone.ts';
