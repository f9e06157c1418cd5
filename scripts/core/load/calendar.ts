import { plural } from '../render/text.ts';
import { type LoadUnit, unitKey } from './due.ts';

/** One character for each state of a partition. */
export const MARKS = { loaded: '#', due: '+', failed: 'x', stale: '~', held: 'h', waiting: '.' } as const;

export const LEGEND = '# loaded  + due  x failed  ~ stale  h held  . no source';

type Mark = (typeof MARKS)[keyof typeof MARKS];

/** Of several partitions that share a character the one that most needs a look is shown. */
const URGENT = [MARKS.failed, MARKS.due, MARKS.held, MARKS.stale, MARKS.loaded, MARKS.waiting] as const;

/** More lines than this are no picture. */
const MOST_LINES = 48;

const BRIEF = 'years in brief, a character a month, as the day in it that most needs a look:';

/**
 * The partitions of a table as a calendar: a line a month, a character a day (a line a year where they are months). Of many
 * months only those of the last two years have their own line. What is not shown is counted.
 */
export function calendar(units: readonly LoadUnit[], failed: { has(unitKey: string): boolean }): readonly string[] {
  const marked = units.map((unit): Marked => {
    return { day: unit.from, mark: MARKS[failed.has(unitKey(unit.values)) ? 'failed' : unit.state.kind] };
  });
  const daily = units.every((unit) => unit.from === unit.to);
  if (!daily) {
    const { lines, told } = bounded(trimmed(linesOf(marked, YEARS), 'year'), 'year');
    return [...lines, ...told];
  }
  const { shown, left } = trimmed(linesOf(marked, MONTHS), 'month');
  if (shown.length <= MOST_LINES) return [...shown.map(textOf), ...notShown(left)];
  const since = `${Number(shown.at(-1)!.head.slice(0, 4)) - 1}-01`;
  const [first] = shown;
  const old = marked.filter(({ day }) => day >= first!.head && day < since);
  const brief = bounded({ shown: linesOf(old, YEARS), left }, 'year');
  const months = shown.filter(({ head }) => head >= since);
  return [BRIEF, ...brief.lines, '', ...months.map(textOf), ...brief.told];
}

interface Marked {
  readonly day: string;
  readonly mark: Mark;
}

interface Line {
  readonly head: string;
  readonly marks: readonly (Mark | ' ')[];
}

interface Lines {
  readonly shown: readonly Line[];
  /** What is said of the lines that are not. */
  readonly left: readonly string[];
}

/** How much of a day is the head of its line, and where in the line it stands. */
interface Layout {
  readonly head: number;
  readonly places: number;
}
const MONTHS: Layout = { head: 7, places: 31 };
const YEARS: Layout = { head: 4, places: 12 };

function linesOf(marked: readonly Marked[], { head, places }: Layout): readonly Line[] {
  const lines = new Map<string, (Mark | ' ')[]>();
  for (const { day, mark } of marked) {
    const name = day.slice(0, head);
    const place = Number(day.slice(head + 1, head + 3)) - 1;
    const line = lines.get(name) ?? Array.from({ length: places }, () => ' ' as const);
    const there = line[place] ?? ' ';
    if (there === ' ' || URGENT.indexOf(mark) < URGENT.indexOf(there)) line[place] = mark;
    lines.set(name, line);
  }
  return [...lines].map(([head, marks]) => ({ head, marks }));
}

/** Without the lines before the first and after the last that has something in it. */
function trimmed(lines: readonly Line[], what: 'month' | 'year'): Lines {
  const told = lines.map(({ marks }) => marks.some((mark) => mark !== ' ' && mark !== MARKS.waiting));
  const [first, last] = [told.indexOf(true), told.lastIndexOf(true)];
  if (first < 0)
    return { shown: [], left: lines.length === 0 ? [] : [`${plural(lines.length, what)} without a source`] };
  const after = lines.length - 1 - last;
  const left = [
    ...(first > 0 ? [`${plural(first, what)} without a source before ${lines[first]!.head}`] : []),
    ...(after > 0 ? [`${plural(after, what)} without a source after ${lines[last]!.head}`] : []),
  ];
  return { shown: lines.slice(first, last + 1), left };
}

/** The last lines, and what is not among them. */
function bounded(
  { shown, left }: Lines,
  what: 'month' | 'year',
): { readonly lines: readonly string[]; readonly told: readonly string[] } {
  const lines = shown.slice(-MOST_LINES);
  const more = shown.length - lines.length;
  const told = more === 0 ? left : [`${plural(more, what)} before ${lines[0]!.head}`, ...left];
  return { lines: lines.map(textOf), told: notShown(told) };
}

function notShown(left: readonly string[]): readonly string[] {
  return left.length === 0 ? [] : [`not shown: ${left.join(', ')}`];
}

function textOf({ head, marks }: Line): string {
  return `${head}  ${marks.join('').trimEnd()}`;
}
