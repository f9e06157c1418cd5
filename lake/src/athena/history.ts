import { decodeLine, encodeLine } from '../catalog/journal.ts';
import { type LineFile, openLineFile, type Span } from '../store/line-file.ts';
import { hasEnded, type QueryExecution, type QueryRecord } from './execution.ts';

/**
 * All queries of the lake: those at work in memory, those that ended in a file of checksummed lines with only their places
 * in memory, so that ten thousand queries cost what a hundred do.
 */
export interface History {
  add(record: QueryRecord): void;
  /** Shows a query at work as it is now; nothing is written, since a restart would find it interrupted anyway. */
  progress(record: QueryRecord): void;
  finish(record: QueryRecord): void;
  get(id: string): QueryRecord | undefined;
  findToken(token: string): QueryRecord | undefined;
  /** Newest first. */
  ids(workgroup: string): Iterable<string>;
  hasAny(workgroup: string): boolean;
  close(): void;
}

export interface HistoryLimits {
  readonly queries: number;
  readonly bytes: number;
}

export const HISTORY_LIMITS: HistoryLimits = { queries: 10_000, bytes: 64 * 1024 * 1024 };

/** Where the newest line of a query is. */
interface Place extends Span {
  readonly workgroup: string;
  readonly token: string | undefined;
  /** Held while the query is at work. */
  readonly record: QueryRecord | undefined;
}

interface Index {
  /** In order of submission. */
  readonly places: Map<string, Place>;
  readonly tokens: Map<string, string>;
}

/** Opens the history; a query that was at work when the lake went down gets the end that `interrupted` gives it. */
export function openHistory(
  path: string,
  interrupted: (execution: QueryExecution) => QueryExecution,
  limits: HistoryLimits = HISTORY_LIMITS,
): History {
  const file = openLineFile(path);
  const index: Index = { places: new Map(), tokens: new Map() };
  const write = (record: QueryRecord) => note(index, record, file.append(encodeLine(record)));
  const found = (place: Place | undefined) => place && (place.record ?? recordAt(file, place));

  for (const { line, span } of file.lines()) {
    const record = decodeLine(line) as QueryRecord | undefined;
    if (record) note(index, record, span);
  }
  for (const { record } of [...index.places.values()]) {
    if (record) write({ ...record, execution: interrupted(record.execution) });
  }
  forgetOldest(index, file, limits);
  return {
    add(record) {
      write(record);
      forgetOldest(index, file, limits);
    },
    progress(record) {
      const id = record.execution.QueryExecutionId;
      const place = index.places.get(id);
      if (place) index.places.set(id, { ...place, record });
    },
    finish: write,
    get: (id) => found(index.places.get(id)),
    findToken: (token) => found(index.places.get(index.tokens.get(token) ?? '')),
    *ids(workgroup) {
      for (const [id, place] of [...index.places].reverse()) if (place.workgroup === workgroup) yield id;
    },
    hasAny: (workgroup) => [...index.places.values()].some((place) => place.workgroup === workgroup),
    close: () => file.close(),
  };
}

function note(index: Index, record: QueryRecord, span: Span): void {
  const { QueryExecutionId: id, WorkGroup: workgroup } = record.execution;
  const { token } = record;
  index.places.set(id, { ...span, workgroup, token, record: hasEnded(record) ? undefined : record });
  if (token !== undefined) index.tokens.set(token, id);
}

function recordAt(file: LineFile, place: Place): QueryRecord | undefined {
  return decodeLine(file.read(place).subarray(0, -1)) as QueryRecord | undefined;
}

/** Now and then, so that its cost is spread: keeps the newest queries within the limits, and those at work. */
function forgetOldest(index: Index, file: LineFile, limits: HistoryLimits): void {
  if (index.places.size <= limits.queries * 1.25 && file.size <= limits.bytes * 2) return;
  const kept = withinLimits([...index.places], limits);
  const spans = file.keep(kept.map(([, place]) => place));
  index.places.clear();
  index.tokens.clear();
  kept.forEach(([id, place], position) => {
    index.places.set(id, { ...place, ...spans[position] });
    if (place.token !== undefined) index.tokens.set(place.token, id);
  });
}

function withinLimits(places: readonly (readonly [string, Place])[], limits: HistoryLimits) {
  let bytes = 0;
  let count = 0;
  const kept = places.toReversed().filter(([, place]) => {
    count++;
    bytes += place.length;
    return place.record !== undefined || (count <= limits.queries && bytes <= limits.bytes);
  });
  return kept.reverse();
}
