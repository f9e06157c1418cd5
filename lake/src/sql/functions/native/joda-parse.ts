import { jodaParts, months, mysqlParts, weekdays } from './joda-format.ts';
import { dayNumber, monthLength, toInstant } from './moments.ts';
import { invalidArgument } from './udf.ts';
import { zoneName } from './zones.ts';

interface Fields {
  year?: number;
  weekYear?: number;
  week?: number;
  weekday?: number;
  dayOfYear?: number;
  month?: number;
  day?: number;
  hour?: number;
  halfHour?: number;
  afternoon?: boolean;
  minute?: number;
  second?: number;
  millis?: number;
  zone?: string;
}

interface Reader {
  readonly text: string;
  position: number;
  readonly fields: Fields;
}

export interface Parsed {
  /** Milliseconds since 1970 of the local time. */
  readonly local: number;
  readonly zone: string | undefined;
}

type Step = (reader: Reader) => boolean;

/** Digits, as many as allowed, optionally with a sign. */
function digits(most: number, store: (fields: Fields, value: number) => void, signed = false): Step {
  return (reader) => {
    const pattern = new RegExp(`${signed ? '[+-]?' : ''}\\d{1,${most}}`, 'y');
    pattern.lastIndex = reader.position;
    const match = pattern.exec(reader.text);
    if (match === null) return false;
    reader.position += match[0].length;
    store(reader.fields, Number(match[0]));
    return true;
  };
}

function literal(text: string): Step {
  return (reader) => {
    if (reader.text.slice(reader.position, reader.position + text.length).toLowerCase() !== text.toLowerCase())
      return false;
    reader.position += text.length;
    return true;
  };
}

/** One of a list of names, long or short. */
function named(names: readonly string[], store: (fields: Fields, index: number) => void): Step {
  return (reader) => {
    const rest = reader.text.slice(reader.position).toLowerCase();
    for (const length of [Infinity, 3]) {
      const index = names.findIndex((name) => rest.startsWith(name.slice(0, length).toLowerCase()));
      if (index < 0) continue;
      reader.position += Math.min(names[index]!.length, length);
      store(reader.fields, index);
      return true;
    }
    return false;
  };
}

/** Digits of a second; what is below the millisecond is cut. */
function fraction(most: number): Step {
  return (reader) => {
    const match = new RegExp(`^\\d{1,${most}}`).exec(reader.text.slice(reader.position));
    if (match === null) return false;
    reader.position += match[0].length;
    reader.fields.millis = Number(match[0].slice(0, 3).padEnd(3, '0'));
    return true;
  };
}

function zone(pattern: RegExp): Step {
  return (reader) => {
    const match = pattern.exec(reader.text.slice(reader.position));
    const name = match === null ? undefined : zoneName(match[0]);
    if (match === null || name === undefined) return false;
    reader.position += match[0].length;
    reader.fields.zone = name;
    return true;
  };
}

const half: Step = named(['AM', 'PM'], (fields, index) => {
  fields.afternoon = index === 1;
});

const twoDigitYear: Step = digits(2, (fields, value) => {
  fields.year = value >= 70 ? 1900 + value : 2000 + value;
});

const number = (name: keyof Fields, most: number): Step =>
  digits(most, (fields, value) => {
    (fields as Record<string, unknown>)[name] = value;
  });

const year: Step = digits(
  9,
  (fields, value) => {
    fields.year = value;
  },
  true,
);

const clock: readonly Step[] = [
  number('hour', 2),
  literal(':'),
  number('minute', 2),
  literal(':'),
  number('second', 2),
];
const halfClock: readonly Step[] = [number('halfHour', 2), ...clock.slice(1), literal(' '), half];

const mysqlSteps: Readonly<Record<string, readonly Step[]>> = {
  a: [named(weekdays, () => undefined)],
  W: [named(weekdays, () => undefined)],
  b: [
    named(months, (fields, index) => {
      fields.month = index + 1;
    }),
  ],
  M: [
    named(months, (fields, index) => {
      fields.month = index + 1;
    }),
  ],
  c: [number('month', 2)],
  m: [number('month', 2)],
  d: [number('day', 2)],
  e: [number('day', 2)],
  f: [fraction(9)],
  H: [number('hour', 2)],
  k: [number('hour', 2)],
  h: [number('halfHour', 2)],
  I: [number('halfHour', 2)],
  l: [number('halfHour', 2)],
  i: [number('minute', 2)],
  j: [number('dayOfYear', 3)],
  p: [half],
  r: halfClock,
  S: [number('second', 2)],
  s: [number('second', 2)],
  T: clock,
  v: [number('week', 2)],
  x: [
    digits(4, (fields, value) => {
      fields.weekYear = value;
    }),
  ],
  Y: [
    digits(
      4,
      (fields, value) => {
        fields.year = value;
      },
      true,
    ),
  ],
  y: [twoDigitYear],
};

const plans = new Map<string, readonly Step[]>();

function plan(key: string, make: () => readonly Step[]): readonly Step[] {
  const known = plans.get(key) ?? make();
  if (plans.size > 500) plans.clear();
  plans.set(key, known);
  return known;
}

/** date_parse. */
export function parseMysql(text: string, format: string): Parsed {
  const steps = plan(`%${format}`, () => {
    const parts = mysqlParts(format);
    return parts.flatMap((part, index) => {
      if (part.field === undefined) return [literal(part.text!)];
      // a year may have nine digits unless other digits follow at once
      const tight = parts[index + 1]?.field !== undefined;
      return part.field === 'Y' && !tight ? [year] : mysqlSteps[part.field]!;
    });
  });
  return run(text, steps);
}

/** parse_datetime. */
export function parseJoda(text: string, pattern: string): Parsed {
  const steps = plan(`j${pattern}`, () => {
    const parts = jodaParts(pattern);
    return parts.map((part, index) => {
      if (part.letter === undefined) return literal(part.text!);
      // digits that run into the next field are as many as the pattern says
      const next = parts[index + 1];
      const tight = next?.letter !== undefined && !'zZaEG'.includes(next.letter);
      return jodaStep(part.letter, part.count!, tight);
    });
  });
  return run(text, steps);
}

function jodaStep(letter: string, count: number, tight: boolean): Step {
  const most = (usual: number) => (tight ? count : Math.max(usual, count));
  switch (letter) {
    case 'y':
    case 'Y':
      if (count === 2) return twoDigitYear;
      return tight
        ? digits(count, (fields, value) => {
            fields.year = value;
          })
        : year;
    case 'x':
      return digits(most(9), (fields, value) => {
        fields.weekYear = value;
      });
    case 'w':
      return number('week', most(2));
    case 'e':
      return number('weekday', most(1));
    case 'E':
      return named(weekdays, (fields, index) => {
        fields.weekday ??= index + 1;
      });
    case 'D':
      return number('dayOfYear', most(3));
    case 'M':
      return count >= 3
        ? named(months, (fields, index) => {
            fields.month = index + 1;
          })
        : number('month', most(2));
    case 'd':
      return number('day', most(2));
    case 'a':
      return half;
    case 'K':
    case 'h':
      return number('halfHour', most(2));
    case 'H':
      return number('hour', most(2));
    case 'k':
      return digits(most(2), (fields, value) => {
        fields.hour = value % 24;
      });
    case 'm':
      return number('minute', most(2));
    case 's':
      return number('second', most(2));
    case 'S':
      return fraction(tight ? count : 9);
    case 'Z':
      return zone(count >= 3 ? /^[A-Za-z_+\-/\d]+/ : /^(?:Z|[+-]\d{2}:?\d{2})/);
    case 'z':
      return zone(/^[A-Za-z_+\-/]+/);
    default:
      return literal(letter === 'G' ? 'AD' : letter);
  }
}

function run(text: string, steps: readonly Step[]): Parsed {
  const reader: Reader = { text, position: 0, fields: {} };
  for (const step of steps) {
    if (!step(reader)) throw malformed(reader);
  }
  if (reader.position < text.length) throw malformed(reader);
  return { local: localMillis(text, reader.fields), zone: reader.fields.zone };
}

function malformed(reader: Reader): Error {
  const { text, position } = reader;
  if (position === 0) return invalidArgument(`Invalid format: "${text}"`);
  if (position >= text.length) return invalidArgument(`Invalid format: "${text}" is too short`);
  return invalidArgument(`Invalid format: "${text}" is malformed at "${text.slice(position)}"`);
}

function check(text: string, value: number, name: string, low: number, high: number): void {
  if (value >= low && value <= high) return;
  throw invalidArgument(`Cannot parse "${text}": Value ${value} for ${name} must be in the range [${low},${high}]`);
}

function localMillis(text: string, fields: Fields): number {
  const days = dateOf(text, fields);
  const { minute = 0, second = 0, millis = 0 } = fields;
  const hour = hourOf(text, fields);
  check(text, hour, 'hourOfDay', 0, 23);
  check(text, minute, 'minuteOfHour', 0, 59);
  check(text, second, 'secondOfMinute', 0, 59);
  return days * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + millis;
}

function hourOf(text: string, fields: Fields): number {
  if (fields.halfHour === undefined) return fields.hour ?? 0;
  check(text, fields.halfHour, 'clockhourOfHalfday', 0, 12);
  return (fields.halfHour % 12) + (fields.afternoon ? 12 : 0);
}

function dateOf(text: string, fields: Fields): number {
  if (fields.weekYear !== undefined || fields.week !== undefined) return weekDate(text, fields);
  const { year: y = 1970 } = fields;
  if (fields.dayOfYear !== undefined) {
    check(text, fields.dayOfYear, 'dayOfYear', 1, 366);
    return dayNumber(y, 1, 1)! + fields.dayOfYear - 1;
  }
  const { month = 1, day = 1 } = fields;
  check(text, month, 'monthOfYear', 1, 12);
  check(text, day, 'dayOfMonth', 1, monthLength(y, month));
  return dayNumber(y, month, day)!;
}

function weekDate(text: string, fields: Fields): number {
  const { weekYear = fields.year ?? 1970, week = 1, weekday = 1 } = fields;
  check(text, week, 'weekOfWeekyear', 1, 53);
  const fourth = dayNumber(weekYear, 1, 4)!;
  const monday = fourth - ((((fourth + 3) % 7) + 7) % 7);
  return monday + (week - 1) * 7 + weekday - 1;
}

const isoTimestamp =
  /^([+-]?\d{4,9})(?:-(\d{2})(?:-(\d{2}))?|-(\d{3})|-W(\d{2})(?:-(\d))?)?(?:T(?:(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** from_iso8601_timestamp. */
export function parseIso(text: string): Parsed {
  const match = isoTimestamp.exec(text);
  if (match === null) throw invalidIso(text);
  const [
    ,
    yearText,
    month,
    day,
    ordinal,
    week,
    weekday,
    hour = '0',
    minute = '0',
    second = '0',
    digitsText = '',
    zoneText,
  ] = match as (string | undefined)[];
  const fields: Fields = {
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millis: Number((digitsText as string).slice(0, 3).padEnd(3, '0')),
    ...(week === undefined
      ? { year: Number(yearText) }
      : { weekYear: Number(yearText), week: Number(week), weekday: Number(weekday ?? 1) }),
    ...(ordinal === undefined ? {} : { dayOfYear: Number(ordinal) }),
    ...(month === undefined ? {} : { month: Number(month) }),
    ...(day === undefined ? {} : { day: Number(day) }),
  };
  const local = localMillis(text, fields);
  return { local, zone: zoneText === undefined ? undefined : zoneName(zoneText) };
}

function invalidIso(text: string): Error {
  const good = /^[+-]?\d{4,9}(?:-\d{2}(?:-\d{2}(?:T[\d:.]*)?)?)?/.exec(text)?.[0] ?? '';
  if (good === '' || good.length === text.length) return invalidArgument(`Invalid format: "${text}"`);
  return invalidArgument(`Invalid format: "${text}" is malformed at "${text.slice(good.length)}"`);
}

/** Milliseconds of the instant that a parsed time stands for; without a zone it is UTC. */
export function instantMillis(parsed: Parsed): number {
  if (parsed.zone === undefined) return parsed.local;
  return Number(toInstant(BigInt(parsed.local) * 1_000_000n, parsed.zone) / 1_000_000n);
}
