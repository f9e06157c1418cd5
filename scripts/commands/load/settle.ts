import { type LoadedTable, type LoadUnit, loadPrefix, stagingName, unitKey } from '../../core/load/index.ts';
import { UserError } from '../../core/model/exit.ts';
import { isFault } from '../../core/model/fault.ts';
import { inEnvironment, type LoadContext, STAGING } from './context.ts';
import type { Discovery } from './discover.ts';
import type { Intent } from './intent.ts';
import { type Lease, LeaseLost } from './lease.ts';
import type { LoadGroup } from './run.ts';
import { bucketOf } from './stored.ts';

/**
 * What is left to do of a load that a killed run began. `resume`: its partitions are still due, from the same sources and
 * the same definition; `done`: it had published everything; `abandon`: it is not wanted any more.
 */
export type Settlement = { readonly kind: 'resume'; readonly group: LoadGroup } | { readonly kind: 'done' | 'abandon' };

/**
 * True if an intent names the temporary table that a load of this table has. A lease is an object in a bucket, which others
 * may write too: what it says is never a reason to drop anything else.
 */
export function isOwn(context: LoadContext, table: LoadedTable, { loadId, staging }: Intent): boolean {
  const { database, name } = staging;
  return database === inEnvironment(context, STAGING) && LOAD_ID.test(loadId) && name === stagingName(table, loadId);
}

const LOAD_ID = /^[a-z0-9][a-z0-9-]{0,99}$/;

/** Where a load of a table writes. */
export function placeOf(context: LoadContext, table: LoadedTable, loadId: string): string {
  return `s3://${bucketOf(context, table)}/${loadPrefix(table.location.path, loadId)}`;
}

/** Judges a load by its intent, from what the catalog and the sources say now. */
export function settlementOf(context: LoadContext, discovery: Discovery, intent: Intent): Settlement {
  if (intent.units.every((unit) => publishedBy(discovery, intent, unit.values))) return { kind: 'done' };
  if (intent.definition !== discovery.definition) return { kind: 'abandon' };
  if (intent.rejects !== discovery.rejectsMark) return { kind: 'abandon' };
  // Another place than its own would be written into, and published.
  if (intent.location !== placeOf(context, discovery.table, intent.loadId)) return { kind: 'abandon' };
  const now = new Map(discovery.units.map((unit) => [unitKey(unit.values), unit]));
  const units: LoadUnit[] = [];
  for (const { values, fingerprint } of intent.units) {
    const unit = now.get(unitKey(values));
    const wanted = unit?.state.kind === 'due' || publishedBy(discovery, intent, values);
    if (unit === undefined || !wanted || unit.fingerprint !== fingerprint) return { kind: 'abandon' };
    units.push(unit);
  }
  const { from, to, gaps } = intent;
  return { kind: 'resume', group: { units, from, to, gaps } };
}

function publishedBy(discovery: Discovery, intent: Intent, values: readonly string[]): boolean {
  return discovery.ledger.get(unitKey(values))?.id === intent.loadId;
}

/** True if a load that ended so may be gone on with by the next run; its statement and temporary table are kept. */
export function mayGoOn(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted) return false;
  // Another run has it now, and settles what is here.
  if (error instanceof LeaseLost) return true;
  return isFault(error) || !(error instanceof UserError);
}

/**
 * Stops a load's statement if it still runs, and takes away its temporary table's catalog entry and its intent: never its
 * files, which may be published by now; gc takes those that nothing points to.
 */
export async function clearAway(context: LoadContext, lease: Lease, intent: Intent, stop = false): Promise<void> {
  // Only the holder may: the load may be another run's by now, which needs its temporary table.
  await lease.hold();
  if (stop && intent.queryId !== undefined) await stopQuietly(context, intent.queryId);
  try {
    await context.glue.deleteTable(intent.staging.database, intent.staging.name);
  } catch (error) {
    if (!isFault(error, 'not-found')) throw error;
  }
  await lease.end(intent.loadId);
}

async function stopQuietly(context: LoadContext, queryId: string): Promise<void> {
  try {
    await context.athena.stop(queryId);
    await context.athena.wait(queryId);
  } catch (error) {
    // A query that Athena has forgotten, or that ended on its own, needs no stopping.
    if (!isFault(error, 'permanent', 'not-found')) throw error;
  }
}
