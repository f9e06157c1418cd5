import { type LedgerEntry, MOST_PAST, type PastLoad, pastOf, type SourceObject, type UpstreamLoad } from './ledger.ts';

/** What the record of a load says of one of its partitions, where there still is one. */
export interface Remembered {
  readonly sources: readonly SourceObject[];
  readonly upstream: readonly UpstreamLoad[];
}

/** The load that a partition would be rolled back to: a named one, or the one before; undefined if it is not kept. */
export function rollbackTarget(entry: LedgerEntry, load: string | undefined): PastLoad | undefined {
  return load === undefined ? entry.previous[0] : entry.previous.find((past) => past.id === load);
}

/**
 * The ledger after a rollback: the past load's own entry, the one that it replaces kept as its past (so that the way back
 * is open too), and held, so that no schedule loads the same sources again before somebody releases it.
 */
export function rolledBack(
  entry: LedgerEntry,
  location: string,
  past: PastLoad,
  remembered: Remembered | undefined,
  time: string,
): LedgerEntry {
  const { location: _, ...fields } = past;
  const [current] = pastOf(entry, location);
  const others = entry.previous.filter((each) => each.id !== past.id);
  return {
    ...fields,
    sources: remembered?.sources ?? [],
    upstream: remembered?.upstream ?? [],
    previous: current ? [current, ...others].slice(0, MOST_PAST) : others,
    held: `rolled back from ${entry.id} on ${time}`,
  };
}
