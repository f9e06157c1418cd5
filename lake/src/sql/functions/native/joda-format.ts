import { dayNumber } from './moments.ts';
import { invalidArgument } from './udf.ts';

/** A local time with the offset and name of its zone. */
export interface LocalMoment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Milliseconds of the day; `micros` those below. */
  readonly millis: number;
  readonly micros: number;
  readonly days: number;
  readonly offset: number;
  readonly zone: string;
}

export const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export function pad(value: number, width: number): string {
  const digits = String(Math.abs(value)).padStart(width, '0');
  return value < 0 ? `-${digits}` : digits;
}

/** Monday is 1. */
export function weekday(days: number): number {
  return ((((days + 3) % 7) + 7) % 7) + 1;
}

/** The ISO week and the year it belongs to. */
export function isoWeek(days: number, year: number): { readonly week: number; readonly year: number } {
  const thursday = days + 4 - weekday(days);
  const start = (y: number) => dayNumber(y, 1, 1)!;
  const weekYear = thursday < start(year) ? year - 1 : thursday >= start(year + 1) ? year + 1 : year;
  return { week: Math.floor((thursday - start(weekYear)) / 7) + 1, year: weekYear };
}

export function dayOfYear(moment: LocalMoment): number {
  return moment.days - dayNumber(moment.year, 1, 1)! + 1;
}

function hour(moment: LocalMoment): number {
  return Math.floor(moment.millis / 3_600_000);
}

function minute(moment: LocalMoment): number {
  return Math.floor(moment.millis / 60_000) % 60;
}

function second(moment: LocalMoment): number {
  return Math.floor(moment.millis / 1000) % 60;
}

function twelve(moment: LocalMoment): number {
  return hour(moment) % 12 || 12;
}

function half(moment: LocalMoment): string {
  return hour(moment) < 12 ? 'AM' : 'PM';
}

const mysqlFields: Readonly<Record<string, (moment: LocalMoment) => string>> = {
  a: (m) => weekdays[weekday(m.days) - 1]!.slice(0, 3),
  b: (m) => months[m.month - 1]!.slice(0, 3),
  c: (m) => String(m.month),
  d: (m) => pad(m.day, 2),
  e: (m) => String(m.day),
  f: (m) => `${pad(m.millis % 1000, 3)}000`,
  H: (m) => pad(hour(m), 2),
  h: (m) => pad(twelve(m), 2),
  I: (m) => pad(twelve(m), 2),
  i: (m) => pad(minute(m), 2),
  j: (m) => pad(dayOfYear(m), 3),
  k: (m) => String(hour(m)),
  l: (m) => String(twelve(m)),
  M: (m) => months[m.month - 1]!,
  m: (m) => pad(m.month, 2),
  p: half,
  r: (m) => `${pad(twelve(m), 2)}:${pad(minute(m), 2)}:${pad(second(m), 2)} ${half(m)}`,
  S: (m) => pad(second(m), 2),
  s: (m) => pad(second(m), 2),
  T: (m) => `${pad(hour(m), 2)}:${pad(minute(m), 2)}:${pad(second(m), 2)}`,
  v: (m) => pad(isoWeek(m.days, m.year).week, 2),
  W: (m) => weekdays[weekday(m.days) - 1]!,
  x: (m) => pad(isoWeek(m.days, m.year).year, 4),
  Y: (m) => pad(m.year, 4),
  y: (m) => pad(((m.year % 100) + 100) % 100, 2),
  '%': () => '%',
};

const refusedFields = new Set(['D', 'U', 'u', 'V', 'w', 'X']);

/** The specifiers of a date_format or date_parse pattern; text between them as it is. */
export function mysqlParts(format: string): readonly { readonly field?: string; readonly text?: string }[] {
  const parts: { field?: string; text?: string }[] = [];
  for (let at = 0; at < format.length; at += 1) {
    const sign = format[at]!;
    const field = sign === '%' ? format[at + 1] : undefined;
    if (field === undefined) {
      if (sign === '%') throw invalidArgument('Both printing and parsing not supported');
      parts.push({ text: sign });
      continue;
    }
    at += 1;
    if (refusedFields.has(field)) throw invalidArgument(`%${field} not supported in date format string`);
    parts.push(field in mysqlFields && field !== '%' ? { field } : { text: field });
  }
  return parts;
}

/** date_format. */
export function formatMysql(moment: LocalMoment, format: string): string {
  return mysqlParts(format)
    .map((part) => (part.field === undefined ? part.text : mysqlFields[part.field]!(moment)))
    .join('');
}

export interface JodaPart {
  readonly letter?: string;
  readonly count?: number;
  readonly text?: string;
}

/** A Joda pattern: runs of letters are fields, text stands in quotes. */
export function jodaParts(pattern: string): readonly JodaPart[] {
  const parts: JodaPart[] = [];
  const scan = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g;
  for (const match of pattern.matchAll(scan)) {
    if (match[1] !== undefined) parts.push({ text: match[1] === '' ? "'" : match[1].replaceAll("''", "'") });
    else if (match[2] !== undefined) parts.push({ letter: match[2], count: match[0].length });
    else parts.push({ text: match[0] });
  }
  for (const { letter } of parts) {
    if (letter !== undefined && !'GCYxwyeEDMdaKhHkmsSzZ'.includes(letter)) {
      throw invalidArgument(`Illegal pattern component: ${letter}`);
    }
  }
  return parts;
}

/** format_datetime. */
export function formatJoda(moment: LocalMoment, pattern: string): string {
  return jodaParts(pattern)
    .map((part) => (part.letter === undefined ? part.text : jodaField(moment, part.letter, part.count!)))
    .join('');
}

function yearText(year: number, count: number): string {
  return count === 2 ? pad(((year % 100) + 100) % 100, 2) : pad(year, count);
}

function jodaField(m: LocalMoment, letter: string, count: number): string {
  const number = (value: number) => pad(value, count);
  switch (letter) {
    case 'G':
      return m.year > 0 ? 'AD' : 'BC';
    case 'C':
      return number(Math.floor(m.year / 100));
    case 'Y':
    case 'y':
      return yearText(letter === 'Y' ? Math.abs(m.year) : m.year, count);
    case 'x':
      return yearText(isoWeek(m.days, m.year).year, count);
    case 'w':
      return number(isoWeek(m.days, m.year).week);
    case 'e':
      return number(weekday(m.days));
    case 'E':
      return count >= 4 ? weekdays[weekday(m.days) - 1]! : weekdays[weekday(m.days) - 1]!.slice(0, 3);
    case 'D':
      return number(dayOfYear(m));
    case 'M':
      return count >= 4 ? months[m.month - 1]! : count === 3 ? months[m.month - 1]!.slice(0, 3) : number(m.month);
    case 'd':
      return number(m.day);
    case 'a':
      return half(m);
    case 'K':
      return number(hour(m) % 12);
    case 'h':
      return number(twelve(m));
    case 'H':
      return number(hour(m));
    case 'k':
      return number(hour(m) || 24);
    case 'm':
      return number(minute(m));
    case 's':
      return number(second(m));
    case 'S':
      return `${pad(m.millis % 1000, 3)}${'0'.repeat(Math.max(0, count - 3))}`.slice(0, count);
    default:
      return zoneText(m, letter, count);
  }
}

function zoneText(m: LocalMoment, letter: string, count: number): string {
  const sign = m.offset < 0 ? '-' : '+';
  const [hours, minutes] = [pad(Math.floor(Math.abs(m.offset) / 60), 2), pad(Math.abs(m.offset) % 60, 2)];
  if (letter === 'Z')
    return count === 1 ? `${sign}${hours}${minutes}` : count === 2 ? `${sign}${hours}:${minutes}` : m.zone;
  if (m.zone === 'UTC' || /^[+-]/.test(m.zone))
    return m.zone === 'UTC' && count >= 4 ? 'Coordinated Universal Time' : m.zone;
  const style = count >= 4 ? 'long' : 'short';
  const instant = m.days * 86_400_000 + m.millis - m.offset * 60_000;
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: m.zone, timeZoneName: style }).formatToParts(instant);
  return parts.find((part) => part.type === 'timeZoneName')!.value;
}
