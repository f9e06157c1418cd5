import { duckdbType, quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import type { Connection } from '../session.ts';
import { boundsCondition } from './bounds.ts';
import type { Footer } from './footer.ts';
import type { DataColumn } from './source.ts';

export type RowGroup = Footer['rowGroups'][number];

/** More than this and finding out costs more than it tells. */
const MOST_GROUPS = 20_000;

/** The row groups that the footers' least and greatest values rule out for the conditions. */
export async function skippedGroups(
  groups: readonly RowGroup[],
  filters: readonly { readonly column: string; readonly sql: string }[],
  columns: readonly DataColumn[],
  connection: Connection,
): Promise<ReadonlySet<RowGroup>> {
  const skipped = new Set<RowGroup>();
  if (groups.length > MOST_GROUPS) return skipped;
  for (const filter of filters) {
    const type = columns.find((column) => column.name === filter.column)?.type;
    if (type === undefined) continue;
    const known = groups.flatMap((group) => {
      const bounds = boundsOf(group, filter.column, type);
      return bounds === undefined ? [] : [{ group, bounds }];
    });
    if (known.length === 0) continue;
    const kept = await survivors(
      known.map(({ bounds }) => bounds),
      filter.sql,
      type,
      connection,
    );
    if (kept === undefined) continue;
    for (const [i, { group }] of known.entries()) if (!kept.has(i)) skipped.add(group);
  }
  return skipped;
}

async function survivors(
  bounds: readonly (readonly [string, string])[],
  filter: string,
  type: Type,
  connection: Connection,
): Promise<ReadonlySet<number> | undefined> {
  try {
    const condition = await boundsCondition(filter, connection);
    if (condition === undefined) return undefined;
    const rows = bounds.map(([lo, hi], i) => `(${i}, ${quoteText(lo)}, ${quoteText(hi)})`).join(', ');
    const typed = `SELECT i, CAST(lo AS ${duckdbType(type)}) AS lo, CAST(hi AS ${duckdbType(type)}) AS hi`;
    const sql = `SELECT i FROM (${typed} FROM (VALUES ${rows}) AS v(i, lo, hi)) WHERE ${condition}`;
    return new Set((await connection.read(sql)).getRowsJson().map((row) => Number(row[0])));
  } catch {
    // It only makes the figure finer: the statement itself will tell of a condition that fails.
    return undefined;
  }
}

function boundsOf(group: RowGroup, column: string, type: Type): readonly [string, string] | undefined {
  const { min, max } = group.chunks.get(column) ?? {};
  const lo = textOf(min, type, 0);
  const hi = textOf(max, type, 1);
  return lo === undefined || hi === undefined ? undefined : [lo, hi];
}

/** A bound as text of the type; `up` where it must not be rounded down. */
function textOf(value: unknown, type: Type, up: number): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) {
    if (type.kind === 'date') return value.toISOString().slice(0, 10);
    return type.kind === 'timestamp' ? new Date(value.getTime() + up).toISOString().slice(0, 23) : undefined;
  }
  if (typeof value === 'string') return type.kind === 'varchar' && type.length === undefined ? value : undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  if (type.kind === 'decimal') return type.precision <= 15 ? value.toFixed(type.scale) : undefined;
  return ['varchar', 'date', 'timestamp', 'boolean'].includes(type.kind) ? undefined : String(value);
}
