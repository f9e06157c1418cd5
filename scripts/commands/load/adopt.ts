import { auditKey } from '../../core/check/index.ts';
import {
  isEmpty,
  keyOf,
  type LedgerEntry,
  type LoadedTable,
  type LoadUnit,
  unitKey,
  withLedger,
} from '../../core/load/index.ts';
import type { CatalogPartition } from '../../core/model/catalog.ts';
import { EXIT, type ExitCode, UserError } from '../../core/model/exit.ts';
import { logText, plural } from '../../core/render/text.ts';
import { quoteIdentifier, quoteRelation } from '../../core/sql/index.ts';
import { planRun } from '../load.ts';
import { adoptedId, ownObjects } from './adopted.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import { type Discovery, discover } from './discover.ts';
import { acquireLease } from './lease.ts';
import { partitionText, shorten } from './report.ts';
import { runQuery } from './statement.ts';

export interface Adoption {
  readonly table: string;
  readonly adopted: readonly string[];
  /** Without sources there is nothing that could tell a change: they stay as they are, outside of the ledger. */
  readonly withoutSource: readonly string[];
}

/**
 * Enters what another program loaded into the ledger as it is, without reading or writing a row: so a corrected source is
 * noticed, status can trace it, and the first load of Weir can be rolled back to it.
 */
export async function adopt(
  context: LoadContext,
  options: { readonly tables: readonly string[]; readonly dryRun: boolean },
): Promise<readonly Adoption[]> {
  const run = planRun(context, { tables: options.tables, from: undefined, to: undefined, maxBytes: 0 });
  const adoptions: Adoption[] = [];
  for (const table of run.order.filter(({ load }) => load.mode !== 'files')) {
    context.signal.throwIfAborted();
    const look = (): Promise<Discovery> =>
      discover(context, table, run.reads.get(keyOf(table)) ?? [], run.asked(table));
    const first = foreignUnits(await look());
    if (options.dryRun || first.known.length === 0) {
      adoptions.push(adoptionOf(table, first));
      continue;
    }
    const lease = await acquireLease(context, table);
    try {
      const discovery = await look();
      const found = foreignUnits(discovery);
      await lease.hold();
      await enter(context, discovery, found.known);
      adoptions.push(adoptionOf(table, found));
    } finally {
      await lease.release().catch(() => undefined);
    }
  }
  return adoptions;
}

/** Prints the result of `load --adopt`. */
export function printAdoptions(adoptions: readonly Adoption[], dryRun: boolean, json: boolean): ExitCode {
  if (json) {
    process.stdout.write(`${JSON.stringify({ tables: adoptions })}\n`);
    return EXIT.done;
  }
  const lines = adoptions.flatMap(({ table, adopted, withoutSource }) => [
    ...(adopted.length === 0
      ? []
      : [`${table}: ${plural(adopted.length, 'partition')} ${dryRun ? 'to be ' : ''}adopted: ${shorten(adopted)}`]),
    ...(withoutSource.length === 0 ? [] : [`${table}: without a source, left as they are: ${shorten(withoutSource)}`]),
  ]);
  process.stdout.write(`${lines.length === 0 ? 'nothing to adopt' : logText(lines.join('\n'))}\n`);
  return EXIT.done;
}

interface Foreign {
  readonly known: readonly LoadUnit[];
  readonly withoutSource: readonly LoadUnit[];
}

/** What is there and in no ledger. */
function foreignUnits({ table, units, existing, ledger }: Discovery): Foreign {
  const foreign = units.filter((unit) => {
    const key = unitKey(unit.values);
    const isThere = table.load.mode === 'replace' ? unit.state.kind === 'loaded' : existing.has(key);
    return isThere && !ledger.has(key);
  });
  const isKnown = (unit: LoadUnit): boolean => unit.state.kind !== 'waiting' && !isEmpty(unit.sources);
  return { known: foreign.filter(isKnown), withoutSource: foreign.filter((unit) => !isKnown(unit)) };
}

function adoptionOf(table: LoadedTable, { known, withoutSource }: Foreign): Adoption {
  const name = (unit: LoadUnit): string => partitionText(table, unit);
  return { table: keyOf(table), adopted: known.map(name), withoutSource: withoutSource.map(name) };
}

async function enter(context: LoadContext, discovery: Discovery, units: readonly LoadUnit[]): Promise<void> {
  if (units.length === 0) return;
  const { table, live } = discovery;
  const time = new Date(context.now()).toISOString();
  const id = adoptedId(time, context.nonce());
  const rows = await countRows(context, table, id);
  const entryOf = async (unit: LoadUnit, location: string): Promise<LedgerEntry> => ({
    id,
    rows: rows.get(auditKey(table, unit.values)) ?? 0,
    bytes: await bytesAt(context, location),
    fingerprint: unit.fingerprint,
    definition: discovery.definition,
    commit: context.commit,
    query: '',
    time,
    sources: unit.sources.objects,
    upstream: [...unit.sources.upstream, ...discovery.beside],
    previous: [],
    held: undefined,
  });
  if (table.load.mode === 'replace') {
    const parameters = withLedger(live.parameters, await entryOf(units[0]!, live.storage.location));
    await context.glue.updateTable({ ...live, parameters }, { versionId: live.versionId, skipArchive: true });
    return;
  }
  const entries: CatalogPartition[] = [];
  for (const unit of units) {
    const entry = discovery.existing.get(unitKey(unit.values))!;
    const ledger = await entryOf(unit, entry.storage.location);
    entries.push({ ...entry, parameters: withLedger(entry.parameters, ledger) });
  }
  const [failure, ...more] = await context.glue.updatePartitions(live.database, live.name, entries);
  if (failure === undefined) return;
  throw new UserError(
    `${more.length + 1} partitions of ${keyOf(table)} could not be adopted, the first (${failure.values.join('/')}): ${failure.message}`,
    'run it again: it goes on with those that are left',
  );
}

/** Parquet answers this from its footers: no column is read. */
async function countRows(
  context: LoadContext,
  table: LoadedTable,
  loadId: string,
): Promise<ReadonlyMap<string, number>> {
  const keys = table.partitions.map((column) => quoteIdentifier(column.name));
  const from = quoteRelation(inEnvironment(context, table.database), table.name);
  const grouped = keys.length === 0 ? '' : `\nGROUP BY ${keys.join(', ')}`;
  const sql = `SELECT ${[...keys, 'count(*) AS row_count'].join(', ')}\nFROM ${from}${grouped}`;
  const { rows } = await runQuery(context, { sql, loadId, step: 'count', meter: { scanned: [] } });
  return new Map(rows.map((row) => [auditKey(table, row.slice(0, keys.length)), Number(row[keys.length] ?? 0)]));
}

async function bytesAt(context: LoadContext, location: string): Promise<number> {
  let bytes = 0;
  for await (const object of ownObjects(context, location)) bytes += object.size;
  return bytes;
}
