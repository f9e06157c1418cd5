import { createHash } from 'node:crypto';
import type { TableDefinition } from '../model/definition.ts';
import { MOST_WRITERS } from '../partition/index.ts';
import type { LoadedTable } from './graph.ts';
import { type LedgerEntry, readLedger } from './ledger.ts';
import { partitionPath } from './publish.ts';
import { ACCEPTED, judgedQuery, REJECTED, type Relations, ROWS_COLUMN, traced } from './rejects.ts';

/** The folder of a load's accepted rows below its prefix; all of them are there where nothing is rejected. */
export function acceptedFolder(table: TableDefinition): string {
  return table.load?.rejects === undefined ? '' : `${ROWS_COLUMN}=${ACCEPTED}/`;
}

/** How many partitions one statement may write: with rejects each can have two folders. */
export function mostPartitions(table: TableDefinition): number {
  return table.load?.rejects === undefined ? MOST_WRITERS : MOST_WRITERS / 2;
}

/** What decides which rows a load rejects: a statement that was begun by another rule is not gone on with. */
export function rejectsMark(table: LoadedTable, relations: Relations): string | undefined {
  if (table.load.rejects === undefined) return undefined;
  const judged = judgedQuery(table, traced(table.load.sql, relations));
  return createHash('sha256').update(judged).digest('hex').slice(0, 16);
}

/** An entry of the catalog: a partition, or a whole table without values. */
export interface Entry {
  readonly values: readonly string[];
  readonly storage: { readonly location: string };
  readonly parameters: Readonly<Record<string, string>>;
}

export interface RejectEntry {
  readonly values: readonly string[];
  readonly location: string;
  readonly ledger: LedgerEntry;
}

/**
 * The entries of a rejects table that are not those of the loads that the table itself shows now. They follow from the
 * table's own ledger alone, so that a load, a rollback, and whatever was struck in between end at the same ones.
 */
export function strayRejects(
  table: TableDefinition,
  main: readonly Entry[],
  rejects: readonly Entry[],
): readonly RejectEntry[] {
  const known = new Map(rejects.map((entry) => [JSON.stringify(entry.values), entry]));
  return main.flatMap((entry) => {
    const ledger = readLedger(entry.parameters);
    const folder = /^.*\/load-[^/]+\//.exec(entry.storage.location)?.[0];
    if (ledger === undefined || folder === undefined) return [];
    const rows = ledger.rejected ?? 0;
    const now = known.get(JSON.stringify(entry.values));
    const shown = now && readLedger(now.parameters);
    if (rows === 0 && shown === undefined) return [];
    const location = `${folder}${ROWS_COLUMN}=${REJECTED}/${partitionPath(table.partitions, entry.values)}`;
    if (shown?.id === ledger.id && withSlash(now?.storage.location ?? '') === location) return [];
    const { id, time, query, commit, definition, fingerprint } = ledger;
    const own = { id, time, query, commit, definition, fingerprint, rows, bytes: 0 };
    return [
      { values: entry.values, location, ledger: { ...own, sources: [], upstream: [], previous: [], held: undefined } },
    ];
  });
}

function withSlash(location: string): string {
  return location.endsWith('/') ? location : `${location}/`;
}
