import { auditKey } from '../../core/check/index.ts';
import { rejectsTable } from '../../core/define/rejects.ts';
import {
  keyOf,
  type LoadedTable,
  type LoadUnit,
  overLimit,
  REJECTED,
  type RejectCount,
  ROWS_COLUMN,
  readRejects,
  rejectsQuery,
  s3Place,
  strayRejects,
  unitKey,
} from '../../core/load/index.ts';
import type { CatalogPartition, CatalogTable } from '../../core/model/catalog.ts';
import type { TableDefinition } from '../../core/model/definition.ts';
import { type DayRange, isDataObject } from '../../core/partition/index.ts';
import { plural } from '../../core/render/text.ts';
import { type AuditRequest, strangeRows, type Verdict } from './audit.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import type { LoadRecord } from './intent.ts';
import type { Lease } from './lease.ts';
import { publishPartitions, publishTable } from './publish.ts';
import { partitionText } from './report.ts';
import type { LoadGroup } from './run.ts';
import { type Sampler, sampler } from './samples.ts';
import { runQuery } from './statement.ts';
import { entriesOf, ledgersOf, liveTable, partitionsOf, wholeEntry } from './stored.ts';

/** How many rows of each partition a load has rejected, by auditKey; empty for a table without rejects. */
export type Rejected = ReadonlyMap<string, RejectCount>;

const NOTHING: Rejected = new Map();

/** Asks the temporary table for its rejected rows, if the load has written any: `location` is where its files are. */
export async function countRejects(
  context: LoadContext,
  request: AuditRequest,
  group: LoadGroup,
  location: string,
): Promise<Rejected> {
  const { table, staging, loadId, meter } = request;
  if (table.load.rejects === undefined || !(await hasRejects(context, location))) return NOTHING;
  const sql = rejectsQuery(table, staging);
  const answer = await runQuery(context, { sql, loadId, step: 'rejects', meter });
  const counts = readRejects(table, answer.rows);
  const rejected = new Map(counts.map((each) => [auditKey(table, each.values), each]));
  const wanted = new Set(group.units.map((unit) => auditKey(table, unit.values)));
  const [strange] = [...rejected].filter(([key]) => !wanted.has(key));
  if (strange !== undefined) throw strangeRows(table, group, strange[0], strange[1].rows);
  return rejected;
}

async function hasRejects(context: LoadContext, location: string): Promise<boolean> {
  const { bucket, key: prefix } = s3Place(location);
  for await (const { key } of context.s3.list(bucket, `${prefix}${ROWS_COLUMN}=${REJECTED}/`)) {
    if (isDataObject(key)) return true;
  }
  return false;
}

/** Rows are looked up for so many partitions, and of each for so many reasons. */
const MOST_TOLD = 5;
const NO_SAMPLE: Sampler = async () => '';

/** The verdict with the bound on rejects: a partition above it is not published; what others rejected is told. */
export async function judgeRejects(
  context: LoadContext,
  discovery: Discovery,
  group: LoadGroup,
  found: { readonly rejected: Rejected; readonly rows: ReadonlyMap<string, number>; readonly judged: Verdict },
): Promise<Verdict> {
  const { table } = discovery;
  const limit = table.load.rejects;
  if (limit === undefined || found.rejected.size === 0) return found.judged;
  const counts = group.units.flatMap((unit) => {
    const key = auditKey(table, unit.values);
    const count = found.rejected.get(key);
    const accepted = found.rows.get(key) ?? 0;
    return count === undefined ? [] : [{ unit, count, accepted, over: overLimit(limit, count.rows, accepted) }];
  });
  const sample = sampler(context, discovery);
  const tell = async (some: typeof counts): Promise<readonly string[]> => {
    const lines: string[] = [];
    for (const [index, { unit, count, accepted, over }] of some.entries()) {
      const what = `${count.rows} of ${plural(count.rows + accepted, 'row')}${whereOf(discovery.table, unit)}`;
      const fate = over === undefined ? `went to ${keyOf(table)}_rejects` : `are rejected, ${over}`;
      lines.push(`${what} ${fate}: ${await reasonsText(count, index < MOST_TOLD ? sample : NO_SAMPLE)}`);
    }
    return lines;
  };
  const [above, within] = [counts.filter((each) => each.over !== undefined), counts.filter((each) => !each.over)];
  const { failed, failures, warnings } = found.judged;
  return {
    failed: new Set([...failed, ...above.map(({ unit }) => unitKey(unit.values))]),
    failures: [...failures, ...(await tell(above))],
    warnings: [...warnings, ...(await tell(within))],
  };
}

/** The bound on rejects as it is kept among the results of checks. */
export function limitResults(
  table: LoadedTable,
  group: LoadGroup,
  rejected: Rejected,
  rows: ReadonlyMap<string, number>,
): LoadRecord['checks'] {
  const limit = table.load.rejects;
  if (limit === undefined) return [];
  return group.units.map(({ values }) => {
    const key = auditKey(table, values);
    const count = rejected.get(key)?.rows ?? 0;
    const passed = overLimit(limit, count, rows.get(key) ?? 0) === undefined;
    return { name: 'rejects', severity: 'error', partition: values, passed, count };
  });
}

function whereOf(table: LoadedTable, unit: LoadUnit): string {
  return unit.values.length === 0 ? '' : ` in ${partitionText(table, unit)}`;
}

async function reasonsText(count: RejectCount, sample: Sampler): Promise<string> {
  const texts: string[] = [];
  for (const reason of count.reasons.slice(0, MOST_TOLD)) {
    const row = await sample(reason);
    texts.push(`${reason.rows} ${reason.reason}${row === '' ? '' : ` (${row})`}`);
  }
  const more = count.reasons.length - texts.length;
  return [...texts, ...(more > 0 ? [`${more} more reasons`] : [])].join(', ');
}

/** True if the rejects table shows other rejects than those of the loads that are found. */
export async function hasStrayRejects(context: LoadContext, { table, live, existing }: Discovery): Promise<boolean> {
  const rejects = await rejectsOf(context, table);
  const main = table.partitions.length > 0 ? [...existing.values()] : [wholeEntry(live)];
  return rejects !== undefined && strayRejects(table, main, rejects.entries).length > 0;
}

/**
 * Brings the rejects table in line with what the table itself shows: after a load, a rollback, or a run that was struck
 * between the two. They are two tables, so a reader of both can see them apart for a moment.
 */
export async function alignRejects(
  context: LoadContext,
  lease: Pick<Lease, 'hold'>,
  table: LoadedTable,
  days?: DayRange,
): Promise<void> {
  const rejects = await rejectsOf(context, table);
  if (rejects === undefined) return;
  const { definition, live, entries } = rejects;
  const stray = strayRejects(table, await entriesOf(context, table, days), entries);
  if (stray.length === 0) return;
  await lease.hold();
  const known = { table: definition, live, ledger: ledgersOf(entries) };
  if (table.partitions.length > 0) await publishPartitions(context, known, stray, '');
  else for (const each of stray) await publishTable(context, known, each);
}

interface RejectsTable {
  readonly definition: TableDefinition;
  readonly live: CatalogTable;
  readonly entries: readonly CatalogPartition[];
}

async function rejectsOf(context: LoadContext, table: LoadedTable): Promise<RejectsTable | undefined> {
  const definition = rejectsTable(table);
  if (definition === undefined) return undefined;
  const live = await liveTable(context, definition);
  const entries = table.partitions.length > 0 ? await partitionsOf(context, definition, undefined) : [wholeEntry(live)];
  return { definition, live, entries };
}
