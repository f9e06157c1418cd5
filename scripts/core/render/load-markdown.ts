import { visible } from './text.ts';

/** What the run summary shows of one table's load. */
export interface LoadedTable {
  readonly table: string;
  readonly state: string;
  /** As the terminal shows it: one line, and below it what went wrong. */
  readonly lines: readonly string[];
}

/** A load as Markdown: failures first and whole, then a line for each table. */
export function loadMarkdown(tables: readonly LoadedTable[], total: string): string {
  const bad = tables.filter(({ state }) => state === 'failed' || state === 'blocked');
  const rest = tables.filter((table) => !bad.includes(table));
  const heading = bad.length === 0 ? '## Load' : `## Load: ${bad.length} of ${tables.length} tables did not load`;
  const blocks = [bad, rest]
    .filter((some) => some.length > 0)
    .map((some) => fenced(some.flatMap(({ lines }) => lines)));
  return `${[heading, visible(total), ...blocks].join('\n\n')}\n`;
}

/** A code block whose fence is longer than any run of backticks inside, so that no text can end it. */
function fenced(lines: readonly string[]): string {
  const text = visible(lines.join('\n'));
  let longest = 2;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
