import { type Day, type Granularity, isDay } from './days.ts';

/**
 * Date formats of partition columns: tokens yyyy, MM, M, dd, d; everything else stands for itself. A value is read only
 * if it is spelled as the format would spell it, so that a period has one spelling and one partition.
 */

export interface DateFields {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: keyof DateFields; readonly pad: number };

/** The finest field that a set of formats names together, undefined where a coarser one is missing. */
export function granularityOf(formats: readonly string[]): Granularity | undefined {
  const kinds = new Set(formats.flatMap((format) => parts(format).map((part) => part.kind)));
  if (!kinds.has('year')) return undefined;
  if (!kinds.has('month')) return kinds.has('day') ? undefined : 'year';
  return kinds.has('day') ? 'day' : 'month';
}

/** A day in a format's spelling. */
export function renderDay(format: string, day: Day): string {
  const fields = { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), day: Number(day.slice(8, 10)) };
  return render(parts(format), fields);
}

/** A pattern (without groups) that every value of the format matches; for finding values inside of paths. */
export function valuePattern(format: string): string {
  return patternOf(parts(format), '', '');
}

/** The fields that a value says, undefined if it is not spelled as the format has it. */
export function parseValue(format: string, value: string): DateFields | undefined {
  const found = parts(format);
  const match = new RegExp(`^${patternOf(found, '(', ')')}$`).exec(value);
  if (!match) return undefined;
  const fields: { year?: number; month?: number; day?: number } = {};
  const tokens = found.flatMap((part) => (part.kind === 'text' ? [] : [part.kind]));
  for (const [index, kind] of tokens.entries()) {
    const number = Number(match[index + 1]);
    if (fields[kind] !== undefined && fields[kind] !== number) return undefined;
    fields[kind] = number;
  }
  return render(found, fields) === value ? fields : undefined;
}

/** The first day of the period that the fields name, undefined if they name none. */
export function firstDayOf(fields: DateFields): Day | undefined {
  if (fields.year === undefined) return undefined;
  const part = (value: number, width: number): string => String(value).padStart(width, '0');
  const day = `${part(fields.year, 4)}-${part(fields.month ?? 1, 2)}-${part(fields.day ?? 1, 2)}`;
  return isDay(day) ? day : undefined;
}

/** True if values of the format, compared as text, are in order of time: all padded, year before month before day. */
export function sortsByTime(format: string): boolean {
  const tokens = parts(format).flatMap((part) => (part.kind === 'text' ? [] : [part]));
  const expected = ['year', 'month', 'day'];
  return tokens.length > 0 && tokens.every((part, index) => part.pad > 1 && part.kind === expected[index]);
}

const TOKENS: Readonly<Record<string, Part>> = {
  yyyy: { kind: 'year', pad: 4 },
  MM: { kind: 'month', pad: 2 },
  M: { kind: 'month', pad: 1 },
  dd: { kind: 'day', pad: 2 },
  d: { kind: 'day', pad: 1 },
};

function parts(format: string): readonly Part[] {
  // Longest run of one letter first, so that `yyyyy` or `MMM` is text, not a token and a rest.
  const pieces = format.match(/([A-Za-z])\1*|[^A-Za-z]+/g) ?? [];
  return pieces.map((text) => TOKENS[text] ?? { kind: 'text', text });
}

function render(format: readonly Part[], fields: DateFields): string {
  return format
    .map((part) => (part.kind === 'text' ? part.text : String(fields[part.kind] ?? 0).padStart(part.pad, '0')))
    .join('');
}

function patternOf(format: readonly Part[], open: string, close: string): string {
  const pieces = format.map((part) => {
    if (part.kind === 'text') return part.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return `${open}\\d{${part.pad > 1 ? part.pad : '1,2'}}${close}`;
  });
  return pieces.join('');
}
