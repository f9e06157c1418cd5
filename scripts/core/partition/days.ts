/** Days as plain text (yyyy-MM-dd) in the proleptic Gregorian calendar: text order is time order. */
export type Day = string;

/** A range of days, both inclusive. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

export type Granularity = 'year' | 'month' | 'day';

/** Days before and after are no days that a lake has data of: one in a path, a flag or a file is a slip. */
export const [EARLIEST, LATEST] = ['1900-01-01', '2199-12-31'] as const;

/** True for a day between these. */
export function isLakeDay(text: string): boolean {
  return isDay(text) && text >= EARLIEST && text <= LATEST;
}

/** True for a day that is in the calendar, between the years 0001 and 9999. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && text >= '0001-01-01' && dayOf(numberOf(text)) === text;
}

/** The day that is `count` days later. */
export function addDays(day: Day, count: number): Day {
  return dayOf(numberOf(day) + count);
}

/** How many days `to` is after `from`. */
export function daysBetween(from: Day, to: Day): number {
  return numberOf(to) - numberOf(from);
}

/** The year, month or day that a day is in. */
export function periodOf(day: Day, granularity: Granularity): DayRange {
  const [year, month] = [day.slice(0, 4), day.slice(5, 7)];
  if (granularity === 'day') return { from: day, to: day };
  if (granularity === 'year') return { from: `${year}-01-01`, to: `${year}-12-31` };
  if (month === '12') return { from: `${year}-12-01`, to: `${year}-12-31` };
  const first = `${year}-${month}-01`;
  return { from: first, to: addDays(`${addDays(first, 31).slice(0, 7)}-01`, -1) };
}

/** Every year, month or day that has a day in the range, whole, in order of time. */
export function periods(range: DayRange, granularity: Granularity): readonly DayRange[] {
  const out: DayRange[] = [];
  for (let from = range.from; from <= range.to; ) {
    const period = periodOf(from, granularity);
    out.push(period);
    if (period.to >= '9999-12-31') break;
    from = addDays(period.to, 1);
  }
  return out;
}

/** True if two ranges have a day in common. */
export function overlaps(a: DayRange, b: DayRange): boolean {
  return a.from <= b.to && b.from <= a.to;
}

// Days since 0000-03-01: years that begin in March have their leap day at the end, which makes both ways plain division.
function numberOf(day: Day): number {
  const month = (Number(day.slice(5, 7)) + 9) % 12;
  const year = Number(day.slice(0, 4)) - (month >= 10 ? 1 : 0);
  const leaps = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  return 365 * year + leaps + Math.floor((153 * month + 2) / 5) + Number(day.slice(8, 10)) - 1;
}

function dayOf(number: number): Day {
  let year = Math.floor((10000 * number + 14780) / 3652425);
  let rest = number - startOf(year);
  if (rest < 0) {
    year -= 1;
    rest = number - startOf(year);
  }
  const month = Math.floor((100 * rest + 52) / 3060);
  const day = rest - Math.floor((month * 306 + 5) / 10) + 1;
  return `${pad(year + (month >= 10 ? 1 : 0), 4)}-${pad(((month + 2) % 12) + 1, 2)}-${pad(day, 2)}`;
}

function startOf(year: number): number {
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
