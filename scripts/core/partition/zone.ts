import { addDays, type Day } from './days.ts';

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
