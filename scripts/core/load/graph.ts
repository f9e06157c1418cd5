import type { Definitions, TableDefinition, ViewDefinition } from '../model/definition.ts';
import { tableReferences } from '../sql/index.ts';

export type TableKey = string;

/** A table that has a load. */
export type LoadedTable = TableDefinition & { readonly load: NonNullable<TableDefinition['load']> };

export interface LoadGraph {
  /** Every loaded table, each after those that it reads. Tables of a cycle come last, in order of their names. */
  readonly order: readonly LoadedTable[];
  /** The tables that a load reads, views resolved, in order of their names. */
  readonly reads: ReadonlyMap<TableKey, readonly TableDefinition[]>;
  /** The loaded tables that must be loaded before: those that it reads. */
  readonly upstream: ReadonlyMap<TableKey, readonly TableKey[]>;
  /** The loaded tables that a load's checks compare with: waited for where they come before, but they do not block. */
  readonly compares: ReadonlyMap<TableKey, readonly TableKey[]>;
  /** Loads that read each other, as the path that closes. */
  readonly cycles: readonly (readonly TableKey[])[];
}

/** `database.table`, as definitions name it. */
export function keyOf(relation: { readonly database: string; readonly name: string }): TableKey {
  return `${relation.database}.${relation.name}`;
}

/** The order of loads, from what their SQL reads. */
export function loadGraph(definitions: Pick<Definitions, 'tables' | 'views'>): LoadGraph {
  const loaded = definitions.tables.filter(isLoaded).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const resolve = resolver(definitions);
  const reads = new Map(loaded.map((table) => [keyOf(table), resolve(table.load.sql)]));
  const upstream = new Map([...reads].map(([key, tables]) => [key, tables.filter(isLoaded).map(keyOf)] as const));
  const compares = new Map(loaded.map((table) => [keyOf(table), checkedAgainst(table)]));
  return { ...sort(loaded, upstream, compares), reads, upstream, compares };
}

/** True for a table that a load fills. */
export function isLoaded(table: TableDefinition): table is LoadedTable {
  return table.load !== undefined;
}

/** The tables that a text reads, through views; a view that reads itself ends there. */
function resolver(definitions: Pick<Definitions, 'tables' | 'views'>): (sql: string) => readonly TableDefinition[] {
  const tables = new Map(definitions.tables.map((table) => [keyOf(table), table]));
  const views = new Map<TableKey, ViewDefinition>(definitions.views.map((view) => [keyOf(view), view]));
  const below = (sql: string, seen: ReadonlySet<TableKey>): readonly TableDefinition[] =>
    tableReferences(sql).flatMap((reference) => {
      const key = keyOf(reference);
      const table = tables.get(key);
      if (table) return [table];
      const view = seen.has(key) ? undefined : views.get(key);
      return view ? below(view.sql, new Set([...seen, key])) : [];
    });
  return (sql) => {
    const found = new Map(below(sql, new Set()).map((table) => [keyOf(table), table]));
    return [...found.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  };
}

/** Tables that a check compares with should be loaded first, where that is possible; they do not block. */
function checkedAgainst(table: TableDefinition): readonly TableKey[] {
  return table.checks.flatMap(({ rule }) =>
    rule.kind === 'relationships' ? [keyOf({ database: rule.to.database, name: rule.to.table })] : [],
  );
}

function sort(
  loaded: readonly LoadedTable[],
  upstream: ReadonlyMap<TableKey, readonly TableKey[]>,
  checks: ReadonlyMap<TableKey, readonly TableKey[]>,
): Pick<LoadGraph, 'order' | 'cycles'> {
  const byKey = new Map(loaded.map((table) => [keyOf(table), table]));
  const order = new Map<TableKey, LoadedTable>();
  const cycles: TableKey[][] = [];
  const visit = (key: TableKey, path: readonly TableKey[]): void => {
    const table = byKey.get(key);
    if (!table || order.has(key)) return;
    const at = path.indexOf(key);
    if (at >= 0) {
      cycles.push([...path.slice(at), key]);
      return;
    }
    for (const above of upstream.get(key) ?? []) visit(above, [...path, key]);
    // A check against a table that itself reads this one cannot come first: only a load's own reads make cycles.
    for (const other of checks.get(key) ?? [])
      if (!path.includes(other) && other !== key) visitSoft(other, [...path, key]);
    order.set(key, table);
  };
  const visitSoft = (key: TableKey, path: readonly TableKey[]): void => {
    if (!reaches(upstream, key, new Set(path))) visit(key, path);
  };
  for (const table of loaded) visit(keyOf(table), []);
  return { order: [...order.values()], cycles };
}

function reaches(
  upstream: ReadonlyMap<TableKey, readonly TableKey[]>,
  from: TableKey,
  targets: ReadonlySet<TableKey>,
  seen: Set<TableKey> = new Set(),
): boolean {
  if (targets.has(from)) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return (upstream.get(from) ?? []).some((above) => reaches(upstream, above, targets, seen));
}
