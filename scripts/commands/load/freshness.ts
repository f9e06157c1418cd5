import { describeCheck, describeFinding } from '../../core/check/index.ts';
import { type LoadedTable, readLedger } from '../../core/load/index.ts';
import type { Check } from '../../core/model/definition.ts';
import { dayAt, daysBetween, daysOf } from '../../core/partition/index.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import { partitionsOf } from './stored.ts';

/** The freshness checks of a table as a whole that fail, in words: its newest partition, or its last load, is too old. */
export async function staleChecks(
  context: LoadContext,
  table: LoadedTable,
): Promise<readonly { readonly severity: Check['severity']; readonly text: string }[]> {
  const checks = table.checks.filter(({ rule }) => rule.kind === 'freshness' && rule.column === undefined);
  if (checks.length === 0) return [];
  const zone = context.definitions.lake.timezone;
  const today = dayAt(context.now(), zone);
  const newest = table.partitions.some((column) => column.date !== undefined)
    ? await newestDay(context, table)
    : await lastLoaded(context, table, zone);
  const count = newest === undefined ? Number.MAX_SAFE_INTEGER : daysBetween(newest, today);
  return checks.flatMap((check) => {
    if (check.rule.kind !== 'freshness' || count <= check.rule.days) return [];
    const found = describeFinding({ check, partition: [], passed: false, count });
    return [{ severity: check.severity, text: `check ${check.name}: ${describeCheck(check)}, ${found}` }];
  });
}

async function newestDay(context: LoadContext, table: LoadedTable): Promise<string | undefined> {
  const entries = await partitionsOf(context, table, undefined);
  return entries
    .flatMap((entry) => daysOf(table.partitions, entry.values)?.to ?? [])
    .toSorted()
    .at(-1);
}

async function lastLoaded(context: LoadContext, table: LoadedTable, zone: string): Promise<string | undefined> {
  const live = await context.glue.getTable(inEnvironment(context, table.database), table.name);
  const ledger = live && readLedger(live.parameters);
  return ledger && dayAt(Date.parse(ledger.time), zone);
}
