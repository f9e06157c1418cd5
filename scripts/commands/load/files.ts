import {
  type FileIndex,
  isKnown,
  keyOf,
  type LedgerEntry,
  type LoadedTable,
  type LoadSource,
  type LoadUnit,
  namesSources,
  readLedger,
  type SourceObject,
  type UnitState,
  unitKey,
} from '../../core/load/index.ts';
import type { CatalogPartition, CatalogTable } from '../../core/model/catalog.ts';
import { UserError } from '../../core/model/exit.ts';
import { type DayRange, daysOf, overlaps } from '../../core/partition/index.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { leftBehind, readIndex } from './file-index.ts';
import { readRecord } from './intent.ts';
import { listObjects, partitionsOf } from './stored.ts';

/** A table of mode files as it is found: its units are the objects of its source. */
export async function discoverFiles(
  context: LoadContext,
  table: LoadedTable,
  live: CatalogTable,
  reads: readonly LoadSource[],
  facts: { readonly definition: string; readonly range: DayRange | undefined; readonly asked: boolean },
): Promise<Discovery> {
  const source = sourceTable(table, reads);
  const [entries, index, objects] = await Promise.all([
    partitionsOf(context, table, undefined),
    readIndex(context, table),
    allObjects(context, source),
  ]);
  const existing = new Map(entries.map((entry) => [unitKey(entry.values), entry]));
  const ledger = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const read = await fullLedger(context, table, entry);
    if (read) ledger.set(unitKey(entry.values), read);
  }
  const asked = facts.asked ? entriesOfRange(table, entries, facts.range) : [];
  const again = new Set(await objectsOf(context, table, asked, ledger));
  const units = objects.map((object) => unitOf(object, stateOf(index, object, again.has(object.key))));
  const { definition } = facts;
  const found = { table, live, definition, units, existing, ledger, reads };
  return { ...found, asked: new Set(asked.map((entry) => unitKey(entry.values))), beside: [], bytesIn: () => 0 };
}

/** The one landing table that a load of files reads. */
export function sourceTable(table: LoadedTable, reads: readonly LoadSource[]): LoadSource['table'] {
  const landing = reads.filter((source) => source.kind === 'objects');
  const [only] = landing;
  if (only !== undefined && landing.length === 1 && table.partitions.length > 0) return only.table;
  const { path, line, column } = table.load.sqlPlace;
  const why = table.partitions.length === 0 ? 'has no partition columns' : `reads ${landing.length} landing tables`;
  throw new UserError(
    `${keyOf(table)} has mode files and ${why}`,
    'a load of files reads one landing table and writes a partitioned one',
    { where: `${path}:${line}:${column}` },
  );
}

function stateOf(index: FileIndex, object: SourceObject, again: boolean): UnitState {
  if (isKnown(index, object)) return again ? { kind: 'due', reason: 'asked' } : { kind: 'loaded' };
  return { kind: 'due', reason: index[object.key] === undefined ? 'new' : 'changed' };
}

function unitOf(object: SourceObject, state: UnitState): LoadUnit {
  const sources = { objects: [object], upstream: [] };
  return { from: '', to: '', values: [object.key], sources, fingerprint: '', bytes: object.size, state };
}

async function allObjects(context: LoadContext, table: LoadSource['table']): Promise<readonly SourceObject[]> {
  const found: SourceObject[] = [];
  for await (const object of listObjects(context, table, table.location.path)) found.push(object.source);
  return found;
}

/** The ledger keeps the first thousand objects of a partition; the record of the load has all. */
async function fullLedger(
  context: LoadContext,
  table: LoadedTable,
  entry: CatalogPartition,
): Promise<LedgerEntry | undefined> {
  const ledger = readLedger(entry.parameters);
  if (ledger === undefined || namesSources(entry.parameters)) return ledger;
  const record = await readRecord(context, table, ledger.id);
  const own = record?.partitions.find((each) => unitKey(each.values) === unitKey(entry.values));
  if (own !== undefined) return { ...ledger, sources: own.sources };
  throw new UserError(
    `the record of load ${ledger.id} of ${keyOf(table)} is gone, so nothing says what partition ${entry.values.join('/')} is made of`,
    'restore it from the bucket versions (weir-control/.../loads/)',
  );
}

function entriesOfRange(
  table: LoadedTable,
  entries: readonly CatalogPartition[],
  range: DayRange | undefined,
): readonly CatalogPartition[] {
  return entries.filter((entry) => {
    const days = daysOf(table.partitions, entry.values);
    return range === undefined || days === undefined || overlaps(days, range);
  });
}

/** What partitions are made of; for one that was rolled back also what it was made of before. */
async function objectsOf(
  context: LoadContext,
  table: LoadedTable,
  entries: readonly CatalogPartition[],
  ledger: ReadonlyMap<string, LedgerEntry>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of entries) {
    const own = ledger.get(unitKey(entry.values));
    if (own === undefined) continue;
    const left = own.held === undefined ? [] : await leftBehind(context, table, entry.values, own);
    found.push(...[...own.sources, ...left].map((source) => source.key));
  }
  return found;
}
