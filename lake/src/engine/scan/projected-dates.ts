/** Dates of partition projection: Java's date patterns, NOW arithmetic, intervals. All in UTC, as Athena has it. */
export interface DateProjection {
  readonly format: string;
  readonly range: string;
  readonly interval?: number;
  readonly unit?: string;
  readonly now: number;
}

const UNITS = ['YEARS', 'MONTHS', 'WEEKS', 'DAYS', 'HOURS', 'MINUTES', 'SECONDS', 'MILLIS'] as const;
type Unit = (typeof UNITS)[number];

/** They are listed in memory, and nothing else is served meanwhile. */
export const MOST_DATES = 2_000_000;
const LONGEST_RANGE = 200;

/** The values in order, what is wrong with the properties, or 'too many'. */
export function datesBetween(projection: DateProjection): readonly string[] | string {
  const pieces = piecesOf(projection.format);
  if (typeof pieces === 'string') return pieces;
  if (projection.range.length > LONGEST_RANGE) return 'range is too long';
  const bounds = projection.range.split(',').map((text) => boundOf(text.trim(), pieces, projection.now));
  const [from, to] = bounds;
  if (bounds.length !== 2 || from === undefined || to === undefined) return `range is invalid: ${projection.range}`;
  const unit = projection.unit === undefined ? defaultUnit(pieces) : unitOf(projection.unit);
  if (unit === undefined) {
    return `interval.unit must be set where the format is not one of days or months, and be one of ${UNITS.join(', ')}`;
  }
  const step = projection.interval ?? 1;
  if (!Number.isInteger(step) || step < 1) return 'interval must be a positive integer';
  return listed(from, to, step, unit, pieces);
}

/** Steps are counted, not values: of seconds in a format of days most give the value before. */
function listed(
  from: Date,
  to: Date,
  step: number,
  unit: Unit,
  pieces: readonly Piece[],
): readonly string[] | 'too many' {
  const out: string[] = [];
  for (let n = 0; n <= MOST_DATES; n += 1) {
    const at = plus(from, n * step, unit);
    if (!(at.getTime() <= to.getTime())) return out; // also where it is no date any more
    const text = pieces.map((piece) => piece.write(at)).join('');
    if (text !== out.at(-1)) out.push(text);
  }
  return 'too many';
}

interface Piece {
  readonly unit: Unit | undefined;
  readonly pattern: string;
  write(at: Date): string;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

function field(letter: string, width: number): Piece | undefined {
  const padded = (unit: Unit, get: (at: Date) => number): Piece => ({
    unit,
    pattern: width === 1 ? '(\\d+)' : `(\\d{${width}})`,
    write: (at) => String(get(at)).padStart(width, '0'),
  });
  switch (letter) {
    case 'y':
    case 'u':
      if (width === 2) return { ...padded('YEARS', (at) => at.getUTCFullYear() % 100), pattern: '(\\d{2})' };
      return padded('YEARS', (at) => at.getUTCFullYear());
    case 'M':
    case 'L':
      if (width > 2) {
        const name = (at: Date) => MONTHS[at.getUTCMonth()]!.slice(0, width === 3 ? 3 : undefined);
        return { unit: 'MONTHS', pattern: '([A-Za-z]+)', write: name };
      }
      return padded('MONTHS', (at) => at.getUTCMonth() + 1);
    case 'd':
      return padded('DAYS', (at) => at.getUTCDate());
    case 'H':
      return padded('HOURS', (at) => at.getUTCHours());
    case 'm':
      return padded('MINUTES', (at) => at.getUTCMinutes());
    case 's':
      return padded('SECONDS', (at) => at.getUTCSeconds());
    case 'S':
      return padded('MILLIS', (at) => at.getUTCMilliseconds());
    default:
      return undefined;
  }
}

function piecesOf(format: string): readonly Piece[] | string {
  const pieces: Piece[] = [];
  for (const [token, quoted] of format.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g)) {
    if (/^[A-Za-z]/.test(token)) {
      const piece = field(token.charAt(0), token.length);
      if (piece === undefined) return `format has a letter that is not known here: ${token}`;
      pieces.push(piece);
    } else {
      const text = quoted === undefined ? token : quoted === '' ? "'" : quoted.replaceAll("''", "'");
      pieces.push({ unit: undefined, pattern: text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), write: () => text });
    }
  }
  return pieces;
}

/** A day format steps by days, a month format by months; all others must say their unit. */
function defaultUnit(pieces: readonly Piece[]): Unit | undefined {
  const finest = Math.max(-1, ...pieces.map((piece) => (piece.unit === undefined ? -1 : UNITS.indexOf(piece.unit))));
  const unit = UNITS[finest];
  return unit === 'DAYS' || unit === 'MONTHS' ? unit : undefined;
}

function unitOf(text: string): Unit | undefined {
  return UNITS.find((unit) => unit === text || unit.slice(0, -1) === text);
}

function boundOf(text: string, pieces: readonly Piece[], now: number): Date | undefined {
  const relative = /^NOW\s*(?:([+-])\s*(\d+)\s*([A-Z]+))?$/i.exec(text);
  if (relative === null) return parseDate(text, pieces);
  const unit = relative[3] === undefined ? 'DAYS' : unitOf(relative[3].toUpperCase());
  if (unit === undefined) return undefined;
  const count = Number(relative[2] ?? 0) * (relative[1] === '-' ? -1 : 1);
  const bound = plus(new Date(now), count, unit);
  return Number.isNaN(bound.getTime()) ? undefined : bound;
}

function parseDate(text: string, pieces: readonly Piece[]): Date | undefined {
  const match = new RegExp(`^${pieces.map((piece) => piece.pattern).join('')}$`).exec(text);
  if (match === null) return undefined;
  const found: Partial<Record<Unit, number>> = {};
  let group = 1;
  for (const piece of pieces) {
    if (piece.unit === undefined) continue;
    const part = match[group++] ?? '';
    found[piece.unit] = /^\d/.test(part) ? Number(part) : monthNumber(part);
  }
  const year = found.YEARS ?? 1970;
  const { MONTHS: month = 1, DAYS: day = 1, HOURS: h = 0, MINUTES: m = 0, SECONDS: s = 0, MILLIS: ms = 0 } = found;
  return new Date(Date.UTC(year < 100 ? 2000 + year : year, month - 1, day, h, m, s, ms));
}

function monthNumber(name: string): number {
  return MONTHS.findIndex((month) => month.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase()) + 1;
}

const MILLIS: Readonly<Record<string, number>> = {
  WEEKS: 604_800_000,
  DAYS: 86_400_000,
  HOURS: 3_600_000,
  MINUTES: 60_000,
  SECONDS: 1000,
  MILLIS: 1,
};

function plus(at: Date, count: number, unit: Unit): Date {
  if (unit === 'YEARS' || unit === 'MONTHS') {
    const months = at.getUTCFullYear() * 12 + at.getUTCMonth() + count * (unit === 'YEARS' ? 12 : 1);
    const out = new Date(at);
    const last = new Date(Date.UTC(Math.floor(months / 12), (months % 12) + 1, 0)).getUTCDate();
    out.setUTCFullYear(Math.floor(months / 12), months % 12, Math.min(at.getUTCDate(), last));
    return out;
  }
  return new Date(at.getTime() + count * (MILLIS[unit] ?? 1));
}
