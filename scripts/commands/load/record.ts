import { type AuditResult, auditKey } from '../../core/check/index.ts';
import { keyOf, overLimit, reasonText, unitKey } from '../../core/load/index.ts';
import { messageOf } from '../../core/render/errors.ts';
import type { Verdict } from './audit.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { writeHistory } from './history.ts';
import { type Intent, type LoadRecord, readRecord, writeRecord } from './intent.ts';
import type { Publication } from './publish.ts';
import { limitResults, type Rejected } from './rejects.ts';
import type { GroupRun } from './run.ts';
import type { Succeeded } from './statement.ts';
import { entriesOf, ledgersOf } from './stored.ts';

/** What a load has found out before it publishes. */
export interface Loaded {
  readonly written: Succeeded;
  readonly audited: AuditResult;
  readonly judged: Verdict;
  readonly rejected: Rejected;
}

type Of = Pick<GroupRun, 'context' | 'discovery' | 'group'>;

/** The record of a load that was judged: what it published, and why not the rest. */
export function recordOf(
  run: Of,
  intent: Intent,
  { written, audited, rejected }: Loaded,
  publications: readonly Publication[],
): LoadRecord {
  const { table } = run.discovery;
  const byUnit = new Map(publications.map((each) => [unitKey(each.values), each.ledger]));
  const checks = [
    ...audited.results.map(({ check, partition, passed, count }) => {
      return { name: check.name, severity: check.severity, partition, passed, count };
    }),
    ...limitResults(table, run.group, rejected, audited.rows),
  ];
  return {
    ...headOf(run, intent),
    state: publications.length < run.group.units.length ? 'failed' : 'published',
    query: written.queryId,
    partitions: partitionsIn(run).map((each) => {
      const ledger = byUnit.get(unitKey(each.values));
      const key = auditKey(table, each.values);
      const rows = audited.rows.get(key) ?? 0;
      const refused = rejected.get(key)?.rows;
      const facts = { ...each, rows, ...(refused === undefined ? {} : { rejected: refused }) };
      if (ledger !== undefined) return { ...facts, published: true, bytes: ledger.bytes };
      const limit = table.load.rejects;
      const over = limit && overLimit(limit, refused ?? 0, rows);
      return { ...facts, published: false, reason: keptBack(each.values, checks, over) };
    }),
    checks,
  };
}

/** The record of a load that ended by an error, as if nothing of it was published. */
export function failedRecord(run: Of, intent: Intent, error: unknown): LoadRecord {
  const reason = reasonText(messageOf(error));
  const partitions = partitionsIn(run).map((each) => ({ ...each, published: false, reason }));
  return { ...headOf(run, intent), state: 'failed', query: intent.queryId ?? '', partitions, checks: [] };
}

/** The same with what the catalog shows of the load all the same: the error may have struck between two partitions. */
export async function withPublished(
  context: LoadContext,
  { table }: Discovery,
  record: LoadRecord,
): Promise<LoadRecord> {
  const ledgers = ledgersOf(await entriesOf(context, table));
  const partitions = record.partitions.map((each) => {
    const ledger = ledgers.get(unitKey(each.values));
    if (ledger?.id !== record.loadId) return each;
    const { reason: _, ...facts } = each;
    return { ...facts, published: true, rows: ledger.rows, bytes: ledger.bytes };
  });
  return { ...record, partitions };
}

/**
 * The record of a load that a killed run left without one, by what the catalog shows of it; undefined where it shows nothing.
 * Its checks are not known any more.
 */
function recordLeft({ table, ledger }: Discovery, intent: Intent): LoadRecord | undefined {
  const entries = intent.units.flatMap(({ values }) => {
    const entry = ledger.get(unitKey(values));
    return entry?.id === intent.loadId ? [{ ...entry, values }] : [];
  });
  const [first] = entries;
  if (first === undefined) return undefined;
  const { loadId, definition, location, fence } = intent;
  const { commit, query, time } = first;
  const state = entries.length < intent.units.length ? 'failed' : 'published';
  const partitions = entries.map(({ values, rows, rejected, bytes, fingerprint, sources, upstream }) => {
    const told = rejected === undefined ? {} : { rejected };
    return { values, published: true, rows, ...told, bytes, fingerprint, sources, upstream };
  });
  return {
    loadId,
    state,
    table: keyOf(table),
    definition,
    commit,
    query,
    location,
    time,
    fence,
    partitions,
    checks: [],
  };
}

/**
 * Writes what a killed run may not have come to write of a load that the catalog shows: its record, and its history. Answers
 * what is shown of it, with what its checks found as far as that is known; undefined where nothing is.
 */
export async function keepLeft(
  context: LoadContext,
  discovery: Discovery,
  intent: Intent,
): Promise<{ readonly record: LoadRecord; readonly warnings: readonly string[] } | undefined> {
  const left = recordLeft(discovery, intent);
  if (left === undefined) return undefined;
  const known = await readRecord(context, discovery.table, intent.loadId);
  if (known === undefined) await writeRecord(context, discovery.table, left);
  const warnings = await writeHistory(context, known ?? left);
  return { record: { ...left, checks: known?.checks ?? [] }, warnings };
}

function headOf(
  { context, discovery }: Of,
  intent: Intent,
): Omit<LoadRecord, 'state' | 'query' | 'partitions' | 'checks'> {
  return {
    loadId: intent.loadId,
    table: keyOf(discovery.table),
    definition: discovery.definition,
    commit: context.commit,
    location: intent.location,
    time: new Date(context.now()).toISOString(),
    fence: intent.fence,
  };
}

function partitionsIn({ discovery, group }: Of): readonly Omit<LoadRecord['partitions'][number], 'published'>[] {
  return group.units.map(({ values, fingerprint, sources }) => {
    const upstream = [...sources.upstream, ...discovery.beside];
    return { values, bytes: 0, fingerprint, sources: sources.objects, upstream };
  });
}

/** Why a partition that was written is not published: the names of its checks that failed, and the bound on its rejects. */
function keptBack(values: readonly string[], checks: LoadRecord['checks'], over: string | undefined): string {
  const own = checks.filter(({ partition }) => partition.length === 0 || unitKey(partition) === unitKey(values));
  const failed = own.filter(({ passed, severity }) => !passed && severity === 'error').map(({ name }) => name);
  const names = failed.filter((name) => over === undefined || name !== 'rejects');
  const parts = [
    ...(names.length === 0 ? [] : [`failed ${names.length === 1 ? 'check' : 'checks'}: ${names.join(', ')}`]),
    ...(over === undefined ? [] : [`too many rejected rows: ${over}`]),
  ];
  return reasonText(parts.join('; ') || 'another partition that was loaded with it failed a check');
}
