import type { Definitions } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { type Context, fullName } from './context.ts';

/**
 * Which objects a verb may work with although others are at fault. A fault belongs to the object in whose folder it
 * stands; what reads that object, through views or loads, cannot be loaded, but what it holds is as sound as before.
 */
export interface Soundness {
  /** Without the objects that are at fault. */
  readonly sound: Definitions;
  /** Also without those that read one of them. */
  readonly loadable: Definitions;
  /** The faults of each table and view (`database.name`) of each saved query (its name), and of each backfill. */
  readonly broken: ReadonlyMap<string, readonly Finding[]>;
  /** Sound tables and views that read broken ones, and which. */
  readonly dependants: ReadonlyMap<string, readonly string[]>;
  /** Every table that has a load.sql, sound or not. */
  readonly loads: ReadonlySet<string>;
  /** Faults of files that no table, view or query is made of. */
  readonly others: readonly Finding[];
  /** Faults of lake.yaml, which is everybody's. */
  readonly lake: readonly Finding[];
}

/** Sorts errors by the objects that they belong to, and finds what reads these. */
export function soundness(context: Context, errors: readonly Finding[]): Soundness {
  const broken = new Map<string, Finding[]>();
  const others: Finding[] = [];
  const lake: Finding[] = [];
  for (const finding of errors) {
    const owners = [finding.place, ...(finding.also ?? [])].flatMap(({ path }) => ownerOf(path) ?? []);
    for (const owner of owners) broken.set(owner, [...(broken.get(owner) ?? []), finding]);
    if (owners.length > 0) continue;
    (/^pipeline\/lake\.yaml$/.test(finding.place.path) ? lake : others).push(finding);
  }
  // A rejects table follows from the definition of the table whose rows it holds.
  const derived = context.definitions.tables.filter((table) => broken.has(ownerOf(table.place.path) ?? ''));
  const dependants = readersOf(context, new Set([...broken.keys(), ...derived.map(fullName)]));
  const sound = without(context.definitions, (key) => broken.has(key));
  const loadable = without(sound, (key) => dependants.has(key));
  const loads = new Set(context.sqls.flatMap(({ use, owner }) => (use === 'load' ? [fullName(owner)] : [])));
  return { sound, loadable, broken, dependants, loads, others, lake };
}

function ownerOf(path: string): string | undefined {
  const [, database, name] = /^pipeline\/(?:tables|views)\/([^/]+)\/([^/]+)/.exec(path) ?? [];
  if (database !== undefined) return `${database}.${name}`;
  return /^pipeline\/queries\/(.+)\.sql$/.exec(path)?.[1] ?? /^pipeline\/(backfills\/.+)\.yaml$/.exec(path)?.[1];
}

function readersOf(context: Context, broken: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const reads = new Map<string, readonly string[]>();
  for (const { use, owner, parsed } of context.sqls) {
    if ((use !== 'load' && use !== 'view') || broken.has(fullName(owner))) continue;
    const tables = parsed.tables.flatMap(({ database, name }) =>
      database === undefined ? [] : [`${database}.${name}`],
    );
    reads.set(fullName(owner), tables);
  }
  const found = new Map<string, readonly string[]>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const [key, tables] of reads) {
      const bad = tables.filter((each) => broken.has(each) || found.has(each));
      if (found.has(key) || bad.length === 0) continue;
      found.set(key, [...new Set(bad)]);
      grown = true;
    }
  }
  return found;
}

function without(definitions: Definitions, isOut: (key: string) => boolean): Definitions {
  const tables = definitions.tables.filter((table) => !isOut(ownerOf(table.place.path) ?? fullName(table)));
  const views = definitions.views.filter((view) => !isOut(fullName(view)));
  return { ...definitions, tables, views, queries: definitions.queries.filter((query) => !isOut(query.name)) };
}
