import { trimJava } from './java-number.ts';
import { native } from './udf.ts';
import { zoneName } from './zones.ts';

const day = /^([+-]?)(\d{1,9})-(\d{1,2})-(\d{1,2})/;

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar; undefined for no date. */
export function dayNumber(year: number, month: number, dayOfMonth: number): number | undefined {
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > monthLength(year, month)) return undefined;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

export function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function monthLength(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Year, month and day of a day number. */
export function civil(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** A date as DuckDB reads it back. */
export function duckdbDate(days: number): string {
  const { year, month, day: dayOfMonth } = civil(days);
  const shown = year > 0 ? pad(year, 4) : pad(1 - year, 4);
  return `${shown}-${pad(month, 2)}-${pad(dayOfMonth, 2)}${year > 0 ? '' : ' (BC)'}`;
}

/** Microseconds since 1970 as DuckDB reads them back. */
export function duckdbTimestamp(micros: bigint, fraction = ''): string {
  const dayMicros = 86_400_000_000n;
  const days = Number((micros - (((micros % dayMicros) + dayMicros) % dayMicros)) / dayMicros);
  const rest = Number(((micros % dayMicros) + dayMicros) % dayMicros);
  const seconds = Math.floor(rest / 1_000_000);
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  const [date, bc] = duckdbDate(days).split(' ') as [string, string | undefined];
  const digits = fraction === '' ? pad(rest % 1_000_000, 6) : fraction;
  return `${date} ${clock}.${digits}${bc === undefined ? '' : ` ${bc}`}`;
}

function readDate(raw: string): string | null {
  const text = trimJava(raw);
  const match = day.exec(text);
  if (match === null || match[0].length !== text.length) return null;
  const year = Number(match[2]) * (match[1] === '-' ? -1 : 1);
  const days = dayNumber(year, Number(match[3]), Number(match[4]));
  return days === undefined || Math.abs(days) > 2_000_000_000 ? null : duckdbDate(days);
}

interface ReadMoment {
  /** Nanoseconds since 1970, of the local time. */
  readonly nanos: bigint;
  readonly zone: string;
}

const moment =
  /^([+-]?\d{4,9})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?)?\s*(\S.*)?$/;

/** `2024-02-29 01:02:03.5 Asia/Tokyo`; undefined where it is none. */
export function readMoment(raw: string): ReadMoment | undefined {
  const match = moment.exec(trimJava(raw));
  if (match === null) return undefined;
  const [, year, month, dayOfMonth, hour = '0', minute = '0', second = '0', fraction = '', zone = ''] =
    match as string[];
  const days = dayNumber(Number(year), Number(month), Number(dayOfMonth));
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (days === undefined || h > 23 || m > 59 || s > 59) return undefined;
  const picos = BigInt(fraction.padEnd(12, '0'));
  const seconds = BigInt(days) * 86_400n + BigInt(h * 3600 + m * 60 + s);
  return { nanos: seconds * 1_000_000_000n + (picos + 500n) / 1000n, zone };
}

/** Rounds to a number of fraction digits, halves up. */
export function roundNanos(nanos: bigint, precision: number): bigint {
  const unit = 10n ** BigInt(9 - Math.min(precision, 9));
  const shifted = nanos + unit / 2n;
  return shifted - (((shifted % unit) + unit) % unit);
}

function nanosText(nanos: bigint): string {
  const below = ((nanos % 1000n) + 1000n) % 1000n;
  const micros = (nanos - below) / 1000n;
  const fraction = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return duckdbTimestamp(micros, below === 0n ? '' : String(fraction).padStart(9, '0'));
}

function readTimestamp(raw: string, precision: bigint): string | null {
  const read = readMoment(raw);
  if (read === undefined || (read.zone !== '' && zoneName(read.zone) === undefined)) return null;
  return nanosText(roundNanos(read.nanos, Number(precision)));
}

/** `timestamp in UTC|zone`; a text without zone is of the session's, UTC. */
function readZoned(raw: string, precision: bigint): string | null {
  const read = readMoment(raw);
  if (read === undefined) return null;
  const zone = read.zone === '' ? 'UTC' : zoneName(read.zone);
  if (zone === undefined) return null;
  const local = roundNanos(read.nanos, Number(precision));
  const instant = toInstant(local, zone);
  // a local time that a zone leaps over is none
  if (instant + BigInt(offsetMinutes(instant, zone)) * 60_000_000_000n !== local) return null;
  return `${nanosText(instant)}|${zone}`;
}

/** The instant of a local time; in a gap the time moves forward, as Java has it. */
export function toInstant(local: bigint, zone: string): bigint {
  const guess = local - BigInt(offsetMinutes(local, zone)) * 60_000_000_000n;
  const earlier = local - BigInt(offsetMinutes(guess - 86_400_000_000_000n, zone)) * 60_000_000_000n;
  const candidates = [earlier, guess, local - BigInt(offsetMinutes(guess, zone)) * 60_000_000_000n];
  const exact = candidates.find((one) => one + BigInt(offsetMinutes(one, zone)) * 60_000_000_000n === local);
  return exact ?? earlier;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes east of UTC at an instant. */
export function offsetMinutes(nanos: bigint, zone: string): number {
  if (zone === 'UTC') return 0;
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  const millis = Number(nanos / 1_000_000n);
  const parts = Object.fromEntries(
    zoneFormat(zone)
      .formatToParts(millis)
      .map((part) => [part.type, part.value]),
  );
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year);
  const days = dayNumber(year, Number(parts.month), Number(parts.day)) ?? 0;
  const seconds = days * 86_400 + Number(parts.hour) * 3600 + Number(parts.minute) * 60 + Number(parts.second);
  return Math.round((seconds - Math.floor(millis / 1000)) / 60);
}

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const made =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(zone, made);
  return made;
}

function readTime(raw: string, precision: bigint, zoned: boolean): string | null {
  const match = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?(?:\s*([+-]\d{2}:\d{2}))?$/.exec(raw);
  if (match === null || (match[5] !== undefined && !zoned)) return null;
  const [, hour, minute, second = '0', fraction = '', offset = '+00:00'] = match as string[];
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || m > 59 || s > 59) return null;
  const nanos = BigInt(h * 3600 + m * 60 + s) * 1_000_000_000n + BigInt(fraction.padEnd(12, '0')) / 1000n;
  const rounded = roundNanos(nanos, Math.min(Number(precision), 6)) % 86_400_000_000_000n;
  const clock = duckdbTimestamp(rounded / 1000n).slice(11);
  return zoned ? `${clock}${offset}` : clock;
}

/** Texts to dates, times and timestamps as Trino reads them; the answer is text that DuckDB reads. */
export const momentFunctions = [
  native('weir_date(VARCHAR) VARCHAR', readDate),
  native('weir_time(VARCHAR, BIGINT, BOOLEAN) VARCHAR', readTime),
  native('weir_timestamp(VARCHAR, BIGINT) VARCHAR', readTimestamp),
  native('weir_zoned(VARCHAR, BIGINT) VARCHAR', readZoned),
];
