import type { CatalogPartition, CatalogTable } from '../model/catalog.ts';
import type { PartitionColumn } from '../model/definition.ts';
import { partitionFolder, writtenValue } from '../partition/index.ts';
import { type LedgerEntry, readLedger, withLedger } from './ledger.ts';

/** The id of a load: in order of time, and nobody else's. gc knows the folders of loads by its form (garbage.ts). */
export function loadIdOf(time: string, nonce: string): string {
  return `${time.replaceAll(/[-:]|\.\d+Z/g, '').toLowerCase()}-${nonce}`;
}

/** Folder of one load below a table's base. It must not begin with `_` or `.`, which Hive readers skip. */
export function loadPrefix(base: string, loadId: string): string {
  return `${base}load-${loadId}/`;
}

/** Where CTAS put a partition below a load's prefix. */
export function partitionPath(columns: readonly PartitionColumn[], values: readonly string[]): string {
  const written = columns.map((column, index) => writtenValue(column, values[index] ?? ''));
  return partitionFolder(
    columns.map((column) => column.name),
    written,
  );
}

/**
 * The catalog entry that makes a load of a partition visible: the table's own descriptor, so that both always have the
 * same columns and format, with the load's location and the ledger.
 */
export function partitionEntry(
  table: CatalogTable,
  values: readonly string[],
  location: string,
  ledger: LedgerEntry,
  existing: CatalogPartition | undefined,
): CatalogPartition {
  return {
    values,
    storage: { ...table.storage, location },
    parameters: withLedger(existing?.parameters ?? {}, ledger),
  };
}

/** The catalog table that makes a load of a whole table visible. */
export function tableEntry(table: CatalogTable, location: string, ledger: LedgerEntry): CatalogTable {
  return {
    ...table,
    storage: { ...table.storage, location },
    parameters: withLedger(table.parameters, ledger),
  };
}

/** The entries of a publish that the catalog does not show as written: what a lost reply or a failure left undone. */
export function unpublished(
  wanted: readonly CatalogPartition[],
  live: readonly CatalogPartition[],
): readonly CatalogPartition[] {
  const byValues = new Map(live.map((entry) => [JSON.stringify(entry.values), stamp(entry)]));
  return wanted.filter((entry) => byValues.get(JSON.stringify(entry.values)) !== stamp(entry));
}

/** What a publish, a rollback or a release changes of an entry. */
function stamp({ storage, parameters }: CatalogPartition): string {
  const ledger = readLedger(parameters);
  return JSON.stringify([storage.location.replace(/\/$/, ''), ledger?.id, ledger?.held]);
}
