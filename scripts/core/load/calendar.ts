import { type LoadUnit, unitKey } from './due.ts';

/** One character for each state of a partition. */
export const MARKS = { loaded: '#', due: '+', failed: 'x', stale: '~', held: 'h', waiting: '.' } as const;

export const LEGEND = '# loaded  + due  x failed  ~ stale  h held  . no source';

/** The partitions of a table as a calendar: a line a month, a character a day (a line a year where they are months). */
export function calendar(units: readonly LoadUnit[], failed: { has(unitKey: string): boolean }): readonly string[] {
  const daily = units.every((unit) => unit.from === unit.to);
  const lines = new Map<string, string[]>();
  for (const unit of units) {
    const head = daily ? unit.from.slice(0, 7) : unit.from.slice(0, 4);
    const place = Number(daily ? unit.from.slice(8, 10) : unit.from.slice(5, 7));
    const line = lines.get(head) ?? Array.from({ length: daily ? 31 : 12 }, () => ' ');
    line[place - 1] = MARKS[failed.has(unitKey(unit.values)) ? 'failed' : unit.state.kind];
    lines.set(head, line);
  }
  const all = [...lines].map(([head, marks]) => ({ head, marks: marks.join('').trimEnd() }));
  // Months before the first and after the last that has something in it say nothing.
  const told = all.map((line) => /[^. ]/.test(line.marks));
  return all
    .slice(Math.max(0, told.indexOf(true)), told.lastIndexOf(true) + 1)
    .map(({ head, marks }) => `${head}  ${marks}`);
}
