import { type LoadedTable, type LoadUnit, scanCost } from '../../core/load/index.ts';
import type { LoadMode } from '../../core/model/definition.ts';
import { partitionName } from '../../core/partition/index.ts';
import { errorLines, type Told, warningLines } from '../../core/render/errors.ts';
import { bytesText, logText, plural, usdText } from '../../core/render/text.ts';

export type TableState = 'done' | 'failed' | 'blocked' | 'nothing';

/** How the load of one table ended. */
export interface TableOutcome {
  readonly table: string;
  /** True for a table that is replaced as a whole: it counts as one partition. */
  readonly whole: boolean;
  readonly state: TableState;
  /** Partitions that were due (a table that is replaced as a whole counts as one). */
  readonly due: number;
  readonly published: number;
  readonly rows: number;
  /** Rows that went to rejects tables. */
  readonly rejected: number;
  readonly bytesWritten: number;
  readonly bytesScanned: number;
  readonly queries: number;
  readonly seconds: number;
  /** Partitions that a byte cap left for the next run. */
  readonly deferred: number;
  readonly stale: number;
  readonly held: number;
  readonly loads: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly Told[];
}

/** The outcome of a table of which nothing was done yet. */
export function emptyOutcome(table: string, whole = false): TableOutcome {
  const counts = {
    due: 0,
    published: 0,
    rows: 0,
    rejected: 0,
    bytesWritten: 0,
    bytesScanned: 0,
    queries: 0,
    seconds: 0,
  };
  const lists = { loads: [], warnings: [], errors: [] };
  return { table, whole, state: 'nothing', ...counts, deferred: 0, stale: 0, held: 0, ...lists };
}

export interface LoadSummary {
  readonly tables: readonly TableOutcome[];
  readonly bytesScanned: number;
  readonly queries: number;
  readonly dollars: number;
}

/** The outcomes of all tables with what they cost together: each of the scans is billed by itself. */
export function summarise(tables: readonly TableOutcome[], scanned: readonly number[]): LoadSummary {
  const bytesScanned = scanned.reduce((sum, bytes) => sum + bytes, 0);
  return { tables, bytesScanned, queries: scanned.length, dollars: scanCost(scanned) };
}

/** One line a table, and what went wrong below it; `known` is the cure that was told last, of another table. */
export function tableLines(outcome: TableOutcome, known?: Set<string>): readonly string[] {
  const below = [...warningLines(outcome.warnings), ...errorLines(outcome.errors, known)];
  return [`${outcome.table}: ${resultText(outcome)}`, ...below.map((line) => `  ${line}`)].map(logText);
}

function resultText(outcome: TableOutcome): string {
  const parts: string[] = [outcome.state === 'nothing' ? 'nothing due' : outcome.state];
  if (outcome.published > 0) {
    // Beside what failed, "3 partitions" alone would be taken for those that failed.
    const published = outcome.state === 'failed' ? ' published' : '';
    if (!outcome.whole) parts.push(`${plural(outcome.published, 'partition')}${published}`);
    const rejected = outcome.rejected === 0 ? '' : ` (${outcome.rejected.toLocaleString('en')} rejected)`;
    parts.push(`${plural(outcome.rows, 'row')}${rejected}`, `${bytesText(outcome.bytesWritten)} written`);
  }
  if (outcome.queries > 0) {
    parts.push(`${bytesText(outcome.bytesScanned)} scanned by ${plural(outcome.queries, 'query', 'queries')}`);
    parts.push(`${outcome.seconds.toFixed(1)} s`);
  }
  if (outcome.deferred > 0) parts.push(`${outcome.deferred.toLocaleString('en')} left by the byte cap`);
  if (outcome.stale > 0) parts.push(`${outcome.stale.toLocaleString('en')} stale (reload them with --from and --to)`);
  if (outcome.held > 0) parts.push(`${outcome.held.toLocaleString('en')} held`);
  return parts.join(', ');
}

/** The last line of a run. */
export function summaryLine(summary: LoadSummary): string {
  const count = (state: TableState): number => summary.tables.filter((table) => table.state === state).length;
  const states = `${count('done')} done, ${count('failed')} failed, ${count('blocked')} blocked, ${count('nothing')} with nothing due`;
  const scanned = `${bytesText(summary.bytesScanned)} scanned by ${plural(summary.queries, 'query', 'queries')}`;
  return `${states}; ${scanned}, about ${usdText(summary.dollars)}`;
}

/** What --dry-run shows of a table. */
export interface TablePreview {
  readonly table: string;
  readonly mode: LoadMode;
  readonly due: readonly { readonly partition: string; readonly reason: string; readonly bytes: number }[];
  readonly waiting: readonly { readonly partition: string; readonly missing: readonly string[] }[];
  readonly loaded: number;
  readonly stale: readonly string[];
  readonly held: readonly string[];
  /** What of its sources and days is not looked at, and why. */
  readonly leftOut: readonly string[];
  readonly statements: number;
  readonly bytes: number;
  readonly dollars: number;
}

/** What is due of a table and why, stale, held and loaded, as lines. */
export function previewLines(preview: TablePreview): readonly string[] {
  const lines: string[] = [];
  const { due, statements, bytes, dollars } = preview;
  if (due.length === 0) lines.push(`${preview.table}: nothing due`);
  else {
    const whole = due.length === 1 && due[0]?.partition === 'all';
    const what = whole
      ? 'due as a whole'
      : `${plural(due.length, preview.mode === 'files' ? 'object' : 'partition')} due in ${plural(statements, 'statement')}`;
    lines.push(`${preview.table}: ${what}, ${bytesText(bytes)} to read, about ${usdText(dollars)}`);
  }
  const reasons = new Map<string, string[]>();
  for (const unit of due) reasons.set(unit.reason, [...(reasons.get(unit.reason) ?? []), unit.partition]);
  for (const [reason, partitions] of reasons) lines.push(`  ${reason}: ${shorten(partitions)}`);
  if (preview.stale.length > 0) lines.push(`  stale, not due: ${shorten(preview.stale)}`);
  if (preview.held.length > 0) lines.push(`  held, not due: ${shorten(preview.held)}`);
  if (preview.loaded > 0) lines.push(`  loaded already: ${preview.loaded.toLocaleString('en')}`);
  for (const text of preview.leftOut) lines.push(`  warning: ${text}`);
  return lines;
}

/** A partition as people call it; in mode files a unit is an object. */
export function partitionText(table: LoadedTable, { values }: Pick<LoadUnit, 'values'>): string {
  return values.length === table.partitions.length ? partitionName(table.partitions, values) : values.join('/');
}

/** A list for one line: the first ones, the last, and how many there are. */
export function shorten(texts: readonly string[], most = 6): string {
  if (texts.length <= most) return texts.join(', ');
  return `${texts.slice(0, most - 1).join(', ')}, ... ${texts.at(-1)} (${texts.length.toLocaleString('en')} in all)`;
}
