import {
  type LedgerEntry,
  partitionEntry,
  readLedger,
  tableEntry,
  unitKey,
  unpublished,
} from '../../core/load/index.ts';
import type { CatalogPartition, CatalogTable } from '../../core/model/catalog.ts';
import type { TableDefinition } from '../../core/model/definition.ts';
import { UserError } from '../../core/model/exit.ts';
import { isFault } from '../../core/model/fault.ts';
import type { EntryFailure } from '../../core/model/ports.ts';
import { daysOf, rangeExpression } from '../../core/partition/index.ts';
import { messageOf } from '../../core/render/errors.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';

/** What is known of a table when something of it is published. */
export interface Known extends Pick<Discovery, 'live' | 'ledger'> {
  readonly table: Pick<TableDefinition, 'partitions'>;
}

export interface Publication {
  readonly values: readonly string[];
  readonly location: string;
  readonly ledger: LedgerEntry;
}

const ROUNDS = 3;

/**
 * Makes loaded partitions visible: one catalog entry each, made or repointed. Whatever is unclear (a lost reply, a
 * failure inside a batch) is answered by reading the catalog and doing what is still missing; nothing is ever deleted.
 */
export async function publishPartitions(
  context: LoadContext,
  discovery: Known,
  publications: readonly Publication[],
  loadId: string,
): Promise<void> {
  if (publications.length === 0) return;
  const { database, name } = discovery.live;
  const before = await currentEntries(context, discovery, publications, loadId);
  const wanted = publications.map(({ values, location, ledger }) =>
    partitionEntry(discovery.live, values, location, ledger, before.get(unitKey(values))),
  );
  let known: ReadonlySet<string> = new Set(before.keys());
  let missing: readonly CatalogPartition[] = wanted;
  let failure: unknown;
  for (let round = 1; round <= ROUNDS && missing.length > 0; round += 1) {
    const answer = await write(context, database, name, missing, known);
    failure = answer.failure;
    if (answer.failure === undefined) return;
    const live = await context.glue.listPartitions(database, name);
    known = new Set(live.map((entry) => unitKey(entry.values)));
    missing = unpublished(wanted, live);
    if (missing.length > 0 && answer.final) break;
  }
  if (missing.length === 0) return;
  const done = wanted.length - missing.length;
  throw new UserError(
    `${done} of ${wanted.length} partitions of ${database}.${name} were published: ${messageOf(failure)}`,
    'run the load again: it goes on with those that are missing',
    { cause: failure },
  );
}

/** The partitions as they are now; refuses if another load has published one of them since this one looked. */
async function currentEntries(
  context: LoadContext,
  discovery: Known,
  publications: readonly Publication[],
  loadId: string,
): Promise<ReadonlyMap<string, CatalogPartition>> {
  const { database, name } = discovery.live;
  const days = publications.flatMap(({ values }) => daysOf(discovery.table.partitions, values) ?? []);
  const [from, to] = [
    days.map((each) => each.from).toSorted()[0],
    days
      .map((each) => each.to)
      .toSorted()
      .at(-1),
  ];
  const range = from === undefined || to === undefined ? undefined : { from, to };
  const expression = range && rangeExpression(discovery.table.partitions, range);
  const live = await context.glue.listPartitions(database, name, expression);
  const entries = new Map(live.map((entry) => [unitKey(entry.values), entry]));
  for (const { values } of publications) {
    const id = readLedger(entries.get(unitKey(values))?.parameters ?? {})?.id;
    if (id === loadId || id === discovery.ledger.get(unitKey(values))?.id) continue;
    throw new UserError(
      `partition ${values.join('/')} of ${database}.${name} was ${id === undefined ? 'taken away or written by another program' : `published by another load (${id})`} meanwhile`,
      'run the load again: it looks anew at what is due',
    );
  }
  return entries;
}

interface Written {
  readonly failure: unknown;
  /** True where another try would change nothing. */
  readonly final: boolean;
}

async function write(
  context: LoadContext,
  database: string,
  table: string,
  entries: readonly CatalogPartition[],
  known: ReadonlySet<string>,
): Promise<Written> {
  const isKnown = (entry: CatalogPartition): boolean => known.has(unitKey(entry.values));
  try {
    const made = entries.filter((entry) => !isKnown(entry));
    const failures: EntryFailure[] = [];
    if (made.length > 0) failures.push(...(await context.glue.createPartitions(database, table, made)));
    const changed = entries.filter(isKnown);
    if (changed.length > 0) failures.push(...(await context.glue.updatePartitions(database, table, changed)));
    const [first] = failures;
    if (first === undefined) return { failure: undefined, final: true };
    return { failure: new Error(`${first.values.join('/')}: ${first.code}: ${first.message}`), final: false };
  } catch (error) {
    return { failure: error, final: isFault(error, 'denied', 'permanent', 'limit') };
  }
}

/** Repoints a whole table to a load. The catalog's version is checked, so that a change by others is never overwritten. */
export async function publishTable(context: LoadContext, discovery: Known, publication: Publication): Promise<void> {
  const { location, ledger } = publication;
  let live = discovery.live;
  for (let round = 1; ; round += 1) {
    try {
      await context.glue.updateTable(tableEntry(live, location, ledger), {
        versionId: live.versionId,
        skipArchive: true,
      });
      return;
    } catch (error) {
      const now = await context.glue.getTable(live.database, live.name);
      if (now !== undefined && isPublished(now, publication)) return;
      if (now === undefined || round >= ROUNDS || !retryable(error) || !sameLoad(live, now)) throw error;
      live = now;
    }
  }
}

function isPublished(now: CatalogTable, { location, ledger }: Publication): boolean {
  const live = readLedger(now.parameters);
  return now.storage.location === location && live?.id === ledger.id && live.held === ledger.held;
}

/** Others may have changed the table's description, say; another load of it in between is a conflict. */
function sameLoad(before: CatalogTable, now: CatalogTable): boolean {
  const columns = (table: CatalogTable): string => JSON.stringify(table.storage.columns.map((c) => [c.name, c.type]));
  return (
    readLedger(before.parameters)?.id === readLedger(now.parameters)?.id &&
    before.storage.location === now.storage.location &&
    columns(before) === columns(now)
  );
}

function retryable(error: unknown): boolean {
  return isFault(error, 'conflict', 'passing');
}
