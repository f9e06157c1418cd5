import type { RejectsLimit, TableDefinition } from '../model/definition.ts';
import { quoteIdentifier, quoteRelation, quoteString } from '../sql/index.ts';
import { REJECTED, ROWS_COLUMN } from './rejects.ts';

/** Rows of one partition that were refused for one reason. */
export interface RejectReason {
  readonly reason: string;
  readonly rows: number;
  /** One of them: its file (empty where there is none to name) and the row as it came. */
  readonly file: string;
  readonly text: string;
}

export interface RejectCount {
  /** The partition as the statement wrote it. */
  readonly values: readonly (string | null)[];
  readonly rows: number;
  /** Most frequent first. */
  readonly reasons: readonly RejectReason[];
}

/** How many rows of each partition were refused, and why: reads nothing but the refused ones. */
export function rejectsQuery(
  table: Pick<TableDefinition, 'partitions'>,
  staging: { readonly database: string; readonly name: string },
): string {
  const keys = table.partitions.map((column) => quoteIdentifier(column.name));
  const sample = `min(concat(COALESCE(reject_file, ''), chr(10), COALESCE(reject_text, ''))) AS sample`;
  return [
    `SELECT ${[...keys, 'reject_reason', 'count(*) AS row_count', sample].join(', ')}`,
    `FROM ${quoteRelation(staging.database, staging.name)}`,
    `WHERE ${ROWS_COLUMN} = ${quoteString(REJECTED)}`,
    `GROUP BY ${[...keys, 'reject_reason'].join(', ')}`,
  ].join('\n');
}

/** What the query answered, by partition. */
export function readRejects(
  table: Pick<TableDefinition, 'partitions'>,
  rows: readonly (readonly (string | null)[])[],
): readonly RejectCount[] {
  const width = table.partitions.length;
  const found = new Map<string, { values: readonly (string | null)[]; reasons: RejectReason[] }>();
  for (const row of rows) {
    const values = row.slice(0, width);
    const [reason, count, sample] = row.slice(width);
    const [file = '', ...text] = (sample ?? '').split('\n');
    const entry = found.get(JSON.stringify(values)) ?? { values, reasons: [] };
    entry.reasons.push({ reason: reason ?? '', rows: Number(count), file, text: text.join('\n') });
    found.set(JSON.stringify(values), entry);
  }
  return [...found.values()].map(({ values, reasons }) => ({
    values,
    rows: reasons.reduce((sum, each) => sum + each.rows, 0),
    reasons: reasons.toSorted((a, b) => b.rows - a.rows || (a.reason < b.reason ? -1 : 1)),
  }));
}

/** What a partition's bound says that its rejects break, in words; undefined where they keep to it. */
export function overLimit(limit: RejectsLimit, rejected: number, accepted: number): string | undefined {
  const { maxRows, maxPercent } = limit;
  if (maxRows !== undefined && rejected > maxRows) return `at most ${maxRows} may be`;
  if (maxPercent === undefined || rejected * 100 <= maxPercent * (rejected + accepted)) return undefined;
  return `at most ${maxPercent}% may be`;
}
