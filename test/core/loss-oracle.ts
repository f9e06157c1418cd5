import type { Snippet } from './diff-case.ts';

/**
 * What readers or data lose between two states of the definitions, worked out from the definitions alone and the rules of
 * docs/plan.md, without any of the plan's own code: which objects need a permission, and why.
 */
export function losses(from: Snippet, to: Snippet): ReadonlyMap<string, string> {
  const lost = new Map<string, string>();
  const tell = (name: string, why: string | undefined): void => {
    if (why !== undefined && !lost.has(`d.${name}`)) lost.set(`d.${name}`, why);
  };
  for (const [name, before] of Object.entries(from.views ?? {})) {
    const after = to.views?.[name];
    tell(name, after === undefined ? 'the view is gone' : missingColumns(before, after));
  }
  for (const [name, before] of Object.entries(from.tables ?? {})) {
    const after = to.tables?.[name];
    tell(name, after === undefined ? 'the table is gone' : tableLoss(before as Table, after as Table));
  }
  return lost;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

type Table = Readonly<Record<string, unknown>>;

function tableLoss(before: Table, after: Table): string | undefined {
  return (
    (spelt(before, 'partitions') === spelt(after, 'partitions') ? undefined : 'partitions are forgotten') ??
    missingColumns(before, after) ??
    otherValues(before, after) ??
    unreadable(before, after) ??
    elsewhere(before, after) ??
    hidden(before, after) ??
    (daysKept(after) < daysKept(before) ? 'data is kept for a shorter time' : undefined)
  );
}

function columnsOf(table: Table, key = 'columns'): readonly Column[] {
  return (table[key] ?? []) as readonly Column[];
}

function spelt(table: Table, key: string): string {
  return JSON.stringify(columnsOf(table, key).map(({ name, type }) => [name, type]));
}

function missingColumns(before: Table, after: Table): string | undefined {
  const now = columnsOf(after).map(({ name }) => name);
  const gone = columnsOf(before).filter(({ name }) => !now.includes(name));
  return gone.length === 0 ? undefined : `the column ${gone[0]!.name} is gone`;
}

/** Of files that are read by position, a column that moves gets the values of another one. */
function otherValues(before: Table, after: Table): string | undefined {
  const header = (table: Table): number => (table.csv as { header?: number } | undefined)?.header ?? 0;
  if (header(after) > header(before)) return 'the first row is taken for a header';
  if (after.format !== 'csv' && after.format !== 'orc') return undefined;
  const now = columnsOf(after).map(({ name }) => name);
  const moved = columnsOf(before).some(({ name }, at) => now.indexOf(name) !== at);
  return moved ? 'columns get the values of others' : undefined;
}

/** A load writes files anew, so what it wrote in another format or type is to be rewritten, not lost. */
function unreadable(before: Table, after: Table): string | undefined {
  if (after.load !== undefined) return undefined;
  const kind = (table: Table): unknown => table.format ?? 'parquet';
  if (kind(before) !== kind(after)) return 'files of the old format cannot be read';
  const typed = kind(after) !== 'csv' && kind(after) !== 'json';
  const now = new Map(columnsOf(after).map(({ name, type }) => [name, type]));
  const bad = columnsOf(before).find(({ name, type }) => !reads(type, now.get(name)!, typed));
  return bad === undefined ? undefined : `values of ${bad.name} ${bad.type} do not fit ${now.get(bad.name)}`;
}

/** Types that hold every value of another one, in files that keep the type which they were written with. */
const PROMOTIONS = ['int bigint', 'decimal(10,2) decimal(12,2)', 'varchar(9) string'];

function reads(from: string, to: string, typed: boolean): boolean {
  if (from === to || PROMOTIONS.includes(`${from} ${to}`)) return true;
  // Text that is parsed at each read can always be read as text.
  if (!typed && to === 'string') return true;
  const [outer, inner] = [partsOf(from), partsOf(to)];
  if (outer === undefined || inner === undefined || outer.kind !== inner.kind) return false;
  return outer.parts.every((part, at) => reads(part, inner.parts[at]!, typed));
}

function partsOf(type: string): { readonly kind: string; readonly parts: readonly string[] } | undefined {
  const [, kind = '', inner = ''] = /^(array|map|struct)<(.*)>$/.exec(type) ?? [];
  if (kind === 'array') return { kind, parts: [inner] };
  if (kind === 'map') return { kind, parts: ['string', inner.slice('string,'.length)] };
  const [, x, y] = /^x:(.*),y:(.*)$/.exec(inner) ?? [];
  return kind === 'struct' && x !== undefined && y !== undefined ? { kind, parts: [x, y] } : undefined;
}

/** Registered partitions have places of their own; everything else is looked for at the table's. */
function elsewhere(before: Table, after: Table): string | undefined {
  const path = (table: Table): string => (table.location as { path: string }).path;
  const registered = after.load === undefined && columnsOf(after, 'partitions').length > 0 && !after.projection;
  return path(before) === path(after) || registered ? undefined : 'the data at the old place is no longer seen';
}

interface Projection {
  readonly columns: { readonly n: { readonly from: number; readonly to: number } };
}

function hidden(before: Table, after: Table): string | undefined {
  const [was, now] = [before.projection, after.projection] as (Projection | undefined)[];
  if (was === undefined && now === undefined) return undefined;
  if (was === undefined) return 'registered partitions are no longer looked at';
  if (now === undefined) return 'projected partitions are not registered';
  const inside = now.columns.n.from <= was.columns.n.from && now.columns.n.to >= was.columns.n.to;
  return inside ? undefined : 'partitions outside of the new range are not seen';
}

function daysKept(table: Table): number {
  return (table.retention_days as number | undefined) ?? Number.POSITIVE_INFINITY;
}
