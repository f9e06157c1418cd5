import type { LoadMode } from '../model/definition.ts';
import { type LoadUnit, unitKey } from './due.ts';
import { fingerprint } from './fingerprint.ts';
import type { LedgerEntry } from './ledger.ts';

/**
 * The last attempt to load a partition (mode files: an object; mode replace: the whole table), where it published nothing.
 * It says nothing about what is due: what failed is tried again as if this were not kept.
 */
export interface Failure {
  /** Of the sources that it was tried with. */
  readonly fingerprint: string;
  readonly definition: string;
  /** Empty where it came to no load, as with a landing file that does not fit. */
  readonly loadId: string;
  readonly time: string;
  /** Empty where no statement was started. */
  readonly query: string;
  readonly reason: string;
}

/** By unitKey. */
export type Failures = ReadonlyMap<string, Failure>;

/** What the attempts of one run came to, by unitKey: how each failed, or undefined for what was published. */
export type Ends = ReadonlyMap<string, Failure | undefined>;

/** What is known of a table when its failures are judged. */
export interface Judged {
  readonly table: { readonly load: { readonly mode: LoadMode } };
  readonly definition: string;
  readonly units: readonly LoadUnit[];
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
}

const MOST_LETTERS = 500;

/** Why something was not published, as it is kept: one line of bounded length. */
export function reasonText(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= MOST_LETTERS ? line : `${line.slice(0, MOST_LETTERS - 4).replace(/[\ud800-\udbff]$/, '')} ...`;
}

/** Those that still hold: for the sources and the definition of now, of which nothing was published since. */
export function standingFailures(failures: Failures, judged: Judged): Failures {
  if (failures.size === 0) return failures;
  const published = publishedIn(judged);
  const standing = judged.units.flatMap((unit): readonly (readonly [string, Failure])[] => {
    const key = unitKey(unit.values);
    const failure = failures.get(key);
    if (failure === undefined || unit.state.kind === 'held' || unit.state.kind === 'waiting') return [];
    if (failure.definition !== judged.definition || failure.fingerprint !== fingerprint(unit.sources)) return [];
    return published(unit, failure) ? [] : [[key, failure]];
  });
  return new Map(standing);
}

/** The failures to keep after a run: its own put in, what it or another one has published taken out. */
export function failuresAfter(before: Failures, judged: Judged, ends: Ends): Failures {
  const looked = new Set(judged.units.map((unit) => unitKey(unit.values)));
  const standing = standingFailures(before, judged);
  // A run that was asked for some days has looked at no others; objects it has seen all.
  const kept = [...before].filter(
    ([key]) => standing.has(key) || (judged.table.load.mode !== 'files' && !looked.has(key)),
  );
  const after = new Map(kept);
  for (const [key, end] of ends) {
    if (end === undefined) after.delete(key);
    else after.set(key, end);
  }
  return after;
}

function publishedIn({ table, definition, ledger }: Judged): (unit: LoadUnit, failure: Failure) => boolean {
  const isNewer = (entry: LedgerEntry, { loadId, time }: Failure): boolean =>
    entry.id === loadId || (entry.definition === definition && entry.time > time);
  if (table.load.mode !== 'files') {
    return ({ values }, failure) => {
      const entry = ledger.get(unitKey(values));
      return entry?.fingerprint === failure.fingerprint && isNewer(entry, failure);
    };
  }
  const made = new Map<string, LedgerEntry[]>();
  for (const entry of ledger.values()) {
    for (const { key, etag } of entry.sources) {
      const id = JSON.stringify([key, etag]);
      made.set(id, [...(made.get(id) ?? []), entry]);
    }
  }
  return ({ sources, state }, failure) => {
    if (state.kind === 'due') return false;
    const entries = sources.objects.flatMap(({ key, etag }) => made.get(JSON.stringify([key, etag])) ?? []);
    // An object without a row in any partition is in none of their ledgers.
    return entries.length === 0 || entries.some((entry) => isNewer(entry, failure));
  };
}

/** Failures from an object of JSON; what is none (a hand was in it) is left out, and no text is longer than it was written. */
export function readFailures(value: unknown): Failures {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([key, each]: [string, Partial<Failure> | null]): [string, Failure][] => {
      const texts = FIELDS.map((field) => each?.[field]);
      if (!texts.every((text) => typeof text === 'string')) return [];
      const [print = '', definition = '', loadId = '', time = '', query = '', reason = ''] = texts.map(reasonText);
      return [[key, { fingerprint: print, definition, loadId, time, query, reason }]];
    }),
  );
}

const FIELDS = ['fingerprint', 'definition', 'loadId', 'time', 'query', 'reason'] as const;
