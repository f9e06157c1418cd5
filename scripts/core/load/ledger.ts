import { LOAD_PREFIX } from '../model/catalog.ts';

/**
 * The ledger: what a load writes into the parameters of each partition (mode partitions) or table (mode replace) that it
 * publishes, in the same catalog call that makes the data visible.
 */

export interface SourceObject {
  /** s3://bucket/key */
  readonly key: string;
  readonly etag: string;
  readonly size: number;
}

/** A load of a table that this one read. */
export interface UpstreamLoad {
  readonly table: string;
  readonly partition: readonly string[];
  readonly load: string;
  /** What reading it costs; not kept in the ledger. */
  readonly bytes?: number;
}

/** What is kept of a load that was replaced, so that it can be rolled back to. */
export interface PastLoad {
  readonly id: string;
  readonly location: string;
  readonly rows: number;
  /** Rows that it put into the rejects table; none where that is not there. */
  readonly rejected?: number;
  readonly bytes: number;
  readonly fingerprint: string;
  readonly definition: string;
  readonly time: string;
  readonly query: string;
  readonly commit: string;
}

export interface LedgerEntry extends Omit<PastLoad, 'location'> {
  readonly sources: readonly SourceObject[];
  readonly upstream: readonly UpstreamLoad[];
  /** Newest first. */
  readonly previous: readonly PastLoad[];
  /** Why the partition is held (rolled back); it is not due until it is released. */
  readonly held: string | undefined;
}

/** More objects than this are told by their number alone, and so is what Glue has no room for. */
const MOST_SOURCES = 1000;
/** Glue takes 512,000 characters a parameter: https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html */
const MOST_BYTES = 400_000;
/** How many loads before its own an entry keeps for rollback; gc leaves their files. */
export const MOST_PAST = 2;

/** The parameters of an entry. */
export function writeLedger(entry: LedgerEntry): Readonly<Record<string, string>> {
  const { sources } = entry;
  const kept = fitting(sources.slice(0, MOST_SOURCES));
  const upstream = entry.upstream.map(({ table, partition, load }) => ({ table, partition, load }));
  const fields: Record<string, string> = {
    id: entry.id,
    rows: String(entry.rows),
    bytes: String(entry.bytes),
    fingerprint: entry.fingerprint,
    definition: entry.definition,
    commit: entry.commit,
    query: entry.query,
    time: entry.time,
    sources: JSON.stringify(kept),
    upstream: JSON.stringify(fitting(upstream)),
    previous: JSON.stringify(entry.previous),
  };
  if (kept.length < sources.length) fields.source_count = String(sources.length);
  if (entry.rejected !== undefined) fields.rejected = String(entry.rejected);
  if (entry.held !== undefined) fields.held = entry.held;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [LOAD_PREFIX + name, value]));
}

/** The entry in a partition's or table's parameters; undefined where no load has written one. */
export function readLedger(parameters: Readonly<Record<string, string>>): LedgerEntry | undefined {
  const text = (name: string): string => parameters[LOAD_PREFIX + name] ?? '';
  if (text('id') === '') return undefined;
  return {
    id: text('id'),
    rows: count(text('rows')),
    ...(text('rejected') === '' ? {} : { rejected: count(text('rejected')) }),
    bytes: count(text('bytes')),
    fingerprint: text('fingerprint'),
    definition: text('definition'),
    commit: text('commit'),
    query: text('query'),
    time: text('time'),
    sources: list(text('sources'), isSource),
    upstream: list(text('upstream'), isUpstream),
    previous: list(text('previous'), isPast),
    held: text('held') === '' ? undefined : text('held'),
  };
}

/** False where a ledger does not name every object that its rows are of: more than there is room for, or a hand was in it. */
export function namesSources(parameters: Readonly<Record<string, string>>): boolean {
  if (parameters[`${LOAD_PREFIX}source_count`] !== undefined) return false;
  const text = parameters[`${LOAD_PREFIX}sources`] ?? '';
  const sources = list(text, isSource);
  if (sources.length === 0) return count(parameters[`${LOAD_PREFIX}rows`] ?? '') === 0;
  return sources.length === (JSON.parse(text) as unknown[]).length;
}

/** Parameters with the ledger's put in place of an older one's; all others stay. */
export function withLedger(
  parameters: Readonly<Record<string, string>>,
  entry: LedgerEntry,
): Readonly<Record<string, string>> {
  const others = Object.entries(parameters).filter(([name]) => !name.startsWith(LOAD_PREFIX));
  return { ...Object.fromEntries(others), ...writeLedger(entry) };
}

/** The loads to keep for rollback when an entry is replaced: it, then the newest of its own. */
export function pastOf(entry: LedgerEntry | undefined, location: string): readonly PastLoad[] {
  if (entry === undefined) return [];
  const { id, rows, rejected, bytes, fingerprint, definition, time, query, commit, previous } = entry;
  const told = rejected === undefined ? {} : { rejected };
  const latest = { id, location, rows, ...told, bytes, fingerprint, definition, time, query, commit };
  return [latest, ...previous.filter((past) => past.id !== id)].slice(0, MOST_PAST);
}

function count(text: string): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : 0;
}

/** The first of a list that have room in one parameter. */
function fitting<T>(items: readonly T[]): readonly T[] {
  let bytes = 2;
  const end = items.findIndex((item) => {
    bytes += new TextEncoder().encode(JSON.stringify(item)).length + 1;
    return bytes > MOST_BYTES;
  });
  return end < 0 ? items : items.slice(0, end);
}

/** What is no list, or not of that kind (parameters can be changed by hand), is left out. */
function list<T>(text: string, isOne: (value: Fields) => boolean): readonly T[] {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return [];
    return value.filter((each) => typeof each === 'object' && each !== null && isOne(each)) as T[];
  } catch {
    return [];
  }
}

type Fields = Partial<Record<string, unknown>>;
const areTexts = (...values: readonly unknown[]): boolean => values.every((value) => typeof value === 'string');
const isSource = ({ key, etag, size }: Fields): boolean => areTexts(key, etag) && typeof size === 'number';
const isUpstream = ({ table, load, partition }: Fields): boolean =>
  areTexts(table, load) && Array.isArray(partition) && areTexts(...partition);
const isPast = ({ id, location, time, fingerprint, definition, rows, bytes }: Fields): boolean =>
  areTexts(id, location, time, fingerprint, definition) &&
  [rows, bytes].every((each) => Number.isSafeInteger(each) && Number(each) >= 0);
