import type { ActualLake, ActualTable } from '../model/actual.ts';
import type { CatalogTable } from '../model/catalog.ts';
import type { Definitions, Environment } from '../model/definition.ts';
import { isManaged, isView } from '../normalize/actual.ts';
import { physicalDatabase, STAGING } from '../normalize/desired.ts';
import { SYSTEM } from '../normalize/properties.ts';
import { diffDatabases, isOurs } from './databases.ts';
import { displayName, viewReads } from './names.ts';
import type { DropDiff, Foreign, LakeDiff, TableDiff, ViewDiff } from './object-diff.ts';
import { judge } from './refusals.ts';
import { diffOneTable, diffOneView } from './relations.ts';

export interface DiffInput {
  readonly definitions: Definitions;
  readonly environment: Environment;
  readonly actual: ActualLake;
  /** yyyy-MM-dd: allow entries count until the day on which they expire. */
  readonly today: string;
}

/** Compares what should be with what is: only desired, both, only actual. Pure. */
export function diffLake(input: DiffInput): LakeDiff {
  const { definitions, environment, actual } = input;
  const live = liveTables(input);
  const defined = definedNames(input);
  const tables = definitions.tables.map((definition) => diffOneTable(definition, environment, live, defined));
  const changed = new Set(tables.filter(typesChange).map((table) => table.object));
  const views = definitions.views.map((definition) => {
    const reads = viewReads(definition);
    return diffOneView(
      definition,
      environment,
      live,
      reads.filter((name) => changed.has(name)),
    );
  });
  const drops = dropsOf(input, live, tables, views);
  const dropped = new Set(drops.filter((drop) => drop.standing === 'gone').map((drop) => drop.object));
  const databases = diffDatabases(definitions, environment, actual, dropped);
  return {
    objects: judge([...databases, ...tables, ...views, ...drops], definitions.allowances, input.today),
    foreign: foreignOf(input, live),
  };
}

export type LiveTables = ReadonlyMap<string, ActualTable>;

/** The tables and views of every database that is ours, by physical `database.name`. */
function liveTables({ definitions, environment, actual }: DiffInput): LiveTables {
  const wanted = new Set(Object.keys(definitions.lake.databases).map((name) => physicalDatabase(name, environment)));
  const ours = new Set(
    actual.databases
      .filter((database) => wanted.has(database.name.toLowerCase()) || isOurs(database, environment))
      .map((database) => database.name.toLowerCase()),
  );
  ours.delete(physicalDatabase(STAGING, environment));
  return new Map(
    actual.tables
      .filter(({ table }) => ours.has(table.database.toLowerCase()) && table.parameters[SYSTEM] === undefined)
      .map((each) => [`${each.table.database}.${each.table.name}`.toLowerCase(), each] as const)
      // The order of the catalog's answer is nobody's promise, and a plan has a digest.
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function typesChange(table: TableDiff): boolean {
  if (table.before === undefined || table.renamed !== undefined) return false;
  return table.changes.some(
    (change) => change.kind === 'change_column_type' || change.kind === 'change_partition_columns',
  );
}

/** Managed objects that no definition has, and objects that stand where one of another kind is wanted. */
function dropsOf(
  { environment }: DiffInput,
  live: LiveTables,
  tables: readonly TableDiff[],
  views: readonly ViewDiff[],
): readonly DropDiff[] {
  const kinds = new Map<string, 'table' | 'view'>();
  for (const { after } of [...tables, ...views]) kinds.set(`${after.database}.${after.name}`, after.kind);
  const renamed = new Set(
    tables.flatMap(({ renamed: old }) => (old ? [`${old.table.database}.${old.table.name}`] : [])),
  );
  return [...live].flatMap(([name, { table }]): readonly DropDiff[] => {
    const wanted = kinds.get(name);
    const inTheWay = wanted !== undefined && (wanted === 'view') !== isView(table);
    if (renamed.has(name) || (wanted !== undefined && !inTheWay)) return [];
    if (!isManaged(table)) return inTheWay ? [foreignInTheWay(table, environment)] : [];
    return [drop(table, environment)];
  });
}

function drop(table: CatalogTable, environment: Environment): DropDiff {
  const object = displayName(table, environment);
  const view = isView(table);
  const reason = view ? 'readers lose the view' : 'readers lose the table; its data stays where it is';
  const change = { object, kind: view ? 'drop_view' : 'drop_table', risk: 'destructive', reason } as const;
  return { kind: 'drop', object, standing: 'gone', changes: [change], refusals: [], actual: table };
}

function foreignInTheWay(table: CatalogTable, environment: Environment): DropDiff {
  const object = displayName(table, environment);
  const kind = isView(table) ? 'view' : 'table';
  const refusal = {
    reason: `a ${kind} of this name is there, which Weir did not make`,
    cure: `drop or rename that ${kind}, or name the definition otherwise`,
  };
  return { kind: 'drop', object, standing: 'foreign', changes: [], refusals: [refusal], actual: table };
}

function foreignOf(input: DiffInput, live: LiveTables): readonly Foreign[] {
  const wanted = definedNames(input);
  return [...live]
    .filter(([name, { table }]) => !wanted.has(name) && !isManaged(table))
    .map(([, { table }]) => ({
      object: displayName(table, input.environment),
      kind: isView(table) ? 'view' : 'table',
    }));
}

/** Physical names of all tables and views that are defined. */
function definedNames({ definitions, environment }: DiffInput): ReadonlySet<string> {
  return new Set(
    [...definitions.tables, ...definitions.views].map(({ database, name }) =>
      `${physicalDatabase(database, environment)}.${name}`.toLowerCase(),
    ),
  );
}
