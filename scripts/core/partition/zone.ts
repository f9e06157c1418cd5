import { addDays, type Day, isDay } from './days.ts';

/** The day that it is in a time zone at an instant (milliseconds since 1970 in UTC), daylight saving included. */
export function dayAt(instant: number, zone: string): Day {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const parts = new Map(format.formatToParts(instant).map((part) => [part.type, part.value]));
  return `${(parts.get('year') ?? '').padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
}

/** The last day that is over in a time zone at an instant. */
export function yesterdayAt(instant: number, zone: string): Day {
  return addDays(dayAt(instant, zone), -1);
}

/** The instant at which a day begins in a time zone: at midnight there, or where summer time skips that, just after. */
export function beginOf(day: Day, zone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // No zone is further than this from UTC; one that changed sides of the date line left a whole day out.
  let [before, at] = [midnight - 15 * HOUR_MS, midnight + 37 * HOUR_MS];
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2);
    if (dayAt(middle, zone) < day) before = middle;
    else at = middle;
  }
  return at;
}

const HOUR_MS = 3_600_000;
const TIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** True for an ISO time that says what it is in UTC: 2024-01-31T07:00Z, 2024-01-31T15:00:00+08:00. */
export function isTime(text: string): boolean {
  return isDay(TIME.exec(text)?.[1] ?? '') && !Number.isNaN(Date.parse(text));
}

/** The instant that a time names, or at which a day begins in a time zone. */
export function instantOf(text: string, zone: string): number {
  return isTime(text) ? Date.parse(text) : beginOf(text, zone);
}

/** True for a zone name that Intl knows. Offsets such as +08:00, which it may know too, say nothing of summer time. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
