import { mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  CatalogError,
  type GlueDatabase,
  type GlueDatabaseInput,
  type GlueTable,
  type GlueTableInput,
} from './catalog.ts';
import {
  applyDefinition,
  createDefinitions,
  type DatabaseEntry,
  type DefinitionRecord,
  type Definitions,
  snapshotOfDefinitions,
  type TableEntry,
} from './definitions.ts';
import { createDetailStore, type DetailStore, journalName } from './detail-store.ts';
import { openJournal } from './journal.ts';
import type { LakeCatalog } from './lake-catalog.ts';
import { decideChanges, type PartitionChange } from './partition-changes.ts';
import { firstAfter, keyOf, orderedPartitions, orderedValues, toGluePartition } from './partition-set.ts';
import type { DetailRecord, TableDetail } from './table-detail.ts';
import { createTurns } from './turns.ts';

interface Store {
  readonly account: string;
  readonly definitions: Definitions;
  readonly details: DetailStore;
  readonly now: () => number;
  /** Runs `decide` alone among the writers of definitions and commits what it answers. */
  readonly define: (decide: () => readonly DefinitionRecord[] | Promise<readonly DefinitionRecord[]>) => Promise<void>;
}

/** Opens (or makes) the catalog in a folder. One process at a time: the server holds the folder's lock. */
export async function createCatalog(
  dir: string,
  options: { readonly account: string; readonly now?: () => number },
): Promise<LakeCatalog> {
  const tables = join(dir, 'tables');
  mkdirSync(tables, { recursive: true });
  const { records, journal } = openJournal<DefinitionRecord>(join(dir, 'catalog.journal'));
  const definitions = createDefinitions();
  for (const record of records) applyDefinition(definitions, record);
  dropOrphans(tables, definitions);

  const turns = createTurns();
  let written = records.length;
  let closed = false;
  const store: Store = {
    account: options.account,
    definitions,
    details: createDetailStore(tables),
    now: () => Math.floor((options.now ?? Date.now)() / 1000),
    define: (decide) =>
      turns.take(async () => {
        if (closed) throw new Error('the catalog is closed');
        for (const record of await decide()) {
          await journal.append(record);
          applyDefinition(definitions, record);
          written++;
        }
        if (written <= 2 * liveDefinitions(definitions) + 200) return;
        await journal.rewrite(snapshotOfDefinitions(definitions));
        written = liveDefinitions(definitions);
      }),
  };
  const catalog: LakeCatalog = {
    ...databaseCalls(store),
    ...tableCalls(store),
    ...versionCalls(store),
    ...partitionCalls(store),
    ...sideCalls(store),
    async close() {
      await turns.idle();
      closed = true;
      await store.details.idle();
    },
  };
  if (records.length === 0) await catalog.createDatabase({ Name: 'default', Description: 'Default Hive database' });
  return catalog;
}

/** Journals of tables whose removal a kill interrupted. */
function dropOrphans(folder: string, definitions: Definitions): void {
  const live = new Set<string>();
  for (const { tables } of definitions.databases.values()) {
    for (const { id } of tables.values()) live.add(journalName(id));
  }
  for (const name of readdirSync(folder)) if (!live.has(name)) unlinkSync(join(folder, name));
}

function liveDefinitions(definitions: Definitions): number {
  let live = definitions.databases.size + definitions.tags.size;
  for (const { tables } of definitions.databases.values()) live += tables.size;
  return live;
}

function databaseEntry(store: Store, name: string): DatabaseEntry {
  const entry = store.definitions.databases.get(name.toLowerCase());
  if (!entry) throw new CatalogError('EntityNotFoundException', `Database ${name.toLowerCase()} not found.`);
  return entry;
}

function tableEntry(store: Store, database: string, name: string): TableEntry {
  const entry = databaseEntry(store, database).tables.get(name.toLowerCase());
  if (!entry) throw new CatalogError('EntityNotFoundException', `Table ${name.toLowerCase()} not found.`);
  return entry;
}

/** Changes what belongs to a table, unless it was dropped (and perhaps made anew) while this waited for its turn. */
function changeDetail(
  store: Store,
  database: string,
  name: string,
  decide: (detail: TableDetail, table: GlueTable) => readonly DetailRecord[],
): Promise<void> {
  const { id } = tableEntry(store, database, name);
  return store.details.change(id, (detail) => {
    const now = tableEntry(store, database, name);
    if (now.id !== id) throw new CatalogError('EntityNotFoundException', `Table ${name.toLowerCase()} not found.`);
    return decide(detail, now.table);
  });
}

function findTable(store: Store, database: string, name: string): TableEntry | undefined {
  return store.definitions.databases.get(database.toLowerCase())?.tables.get(name.toLowerCase());
}

const byName = (a: { Name: string }, b: { Name: string }) => (a.Name < b.Name ? -1 : 1);

function databaseCalls(store: Store) {
  const stored = (input: GlueDatabaseInput, created: number): GlueDatabase => ({
    ...(JSON.parse(JSON.stringify(input)) as GlueDatabaseInput),
    Name: input.Name.toLowerCase(),
    CreateTime: created,
    CatalogId: store.account,
  });
  return {
    databases: () => [...store.definitions.databases.values()].map((entry) => entry.database).sort(byName),
    database: (name: string) => store.definitions.databases.get(name.toLowerCase())?.database,
    createDatabase: (input: GlueDatabaseInput) =>
      store.define(() => {
        if (store.definitions.databases.has(input.Name.toLowerCase())) {
          throw new CatalogError('AlreadyExistsException', 'Database already exists.');
        }
        return [{ kind: 'database', database: stored(input, store.now()) }];
      }),
    updateDatabase: (name: string, input: GlueDatabaseInput) =>
      store.define(() => {
        const before = databaseEntry(store, name).database;
        if (input.Name.toLowerCase() !== before.Name) {
          throw new CatalogError('InvalidInputException', 'Database name cannot be changed.');
        }
        return [{ kind: 'database', database: stored(input, before.CreateTime) }];
      }),
    async deleteDatabase(name: string) {
      let ids: number[] = [];
      await store.define(() => {
        ids = [...databaseEntry(store, name).tables.values()].map((entry) => entry.id);
        return [{ kind: 'drop-database', name: name.toLowerCase() }];
      });
      for (const id of ids) await store.details.remove(id);
    },
  };
}

function storedTable(store: Store, database: string, input: GlueTableInput, before: GlueTable | undefined): GlueTable {
  const now = store.now();
  return {
    ...(JSON.parse(JSON.stringify(input)) as GlueTableInput),
    Name: input.Name.toLowerCase(),
    DatabaseName: database.toLowerCase(),
    CreateTime: before?.CreateTime ?? now,
    UpdateTime: now,
    CatalogId: store.account,
    VersionId: before ? String(Number(before.VersionId) + 1) : '0',
  };
}

function tableCalls(store: Store) {
  const deleteTables = async (database: string, names: readonly string[]): Promise<void> => {
    let ids: number[] = [];
    await store.define(() => {
      ids = names.map((name) => tableEntry(store, database, name).id);
      return [
        { kind: 'drop-tables', database: database.toLowerCase(), names: names.map((name) => name.toLowerCase()) },
      ];
    });
    for (const id of ids) await store.details.remove(id);
  };
  return {
    tables: (database: string) =>
      [...(store.definitions.databases.get(database.toLowerCase())?.tables.values() ?? [])]
        .map((entry) => entry.table)
        .sort(byName),
    table: (database: string, name: string) => findTable(store, database, name)?.table,
    createTable: (database: string, input: GlueTableInput) =>
      store.define(() => {
        if (databaseEntry(store, database).tables.has(input.Name.toLowerCase())) {
          throw new CatalogError('AlreadyExistsException', 'Table already exists.');
        }
        const table = storedTable(store, database, input, undefined);
        return [{ kind: 'table', id: store.definitions.nextId, table }];
      }),
    updateTable: (
      database: string,
      input: GlueTableInput,
      options: { readonly versionId?: string; readonly skipArchive?: boolean } = {},
    ) =>
      store.define(async () => {
        const { id, table: before } = tableEntry(store, database, input.Name);
        if (options.versionId !== undefined && options.versionId !== before.VersionId) {
          throw new CatalogError(
            'ConcurrentModificationException',
            'Update table failed due to concurrent modifications.',
          );
        }
        // Archived first: a kill in between leaves a version that equals the current one, which readers pass over.
        if (!options.skipArchive) await store.details.change(id, () => [{ kind: 'version', table: before }]);
        return [{ kind: 'table', id, table: storedTable(store, database, input, before) }];
      }),
    deleteTable: (database: string, name: string) => deleteTables(database, [name]),
    deleteTables,
  };
}

function versionCalls(store: Store) {
  return {
    tableVersions(database: string, name: string): readonly GlueTable[] {
      const { id, table } = tableEntry(store, database, name);
      const archived = [...store.details.read(id).versions.values()].filter(
        (version) => version.VersionId !== table.VersionId,
      );
      return [table, ...archived.sort((a, b) => Number(b.VersionId) - Number(a.VersionId))];
    },
    deleteTableVersions: (database: string, name: string, ids: readonly string[]) =>
      changeDetail(store, database, name, () => [{ kind: 'drop-versions', ids }]),
  };
}

function partitionCalls(store: Store) {
  const detailOf = (database: string, table: string) => store.details.read(tableEntry(store, database, table).id);
  const owner = (database: string, table: string) => ({
    database: database.toLowerCase(),
    table: table.toLowerCase(),
    account: store.account,
  });
  type Keep = (values: readonly string[]) => boolean;
  const partitionsAfter = (
    database: string,
    table: string,
    after: readonly string[] | undefined,
    keep: Keep = () => true,
  ) => {
    const { partitions } = detailOf(database, table);
    const whose = owner(database, table);
    const ordered = orderedPartitions(partitions);
    return (function* () {
      for (let at = after ? firstAfter(ordered, after) : 0; at < ordered.length; at++) {
        if (keep(ordered[at]!.values)) yield toGluePartition(partitions, ordered[at]!, whose);
      }
    })();
  };
  const change = async (database: string, table: string, changes: readonly PartitionChange[], whole: boolean) => {
    let outcomes: readonly (CatalogError | undefined)[] = [];
    await changeDetail(store, database, table, (detail, { PartitionKeys }) => {
      const facts = { keyCount: PartitionKeys?.length ?? 0, now: store.now() };
      const decision = decideChanges(detail.partitions, changes, facts);
      outcomes = decision.outcomes;
      const failed = outcomes.find((outcome) => outcome !== undefined);
      if (whole && failed) throw failed;
      return decision.record ? [decision.record] : [];
    });
    return outcomes;
  };
  return {
    partitions: (database: string, table: string, keep?: Keep) => partitionsAfter(database, table, undefined, keep),
    partitionsAfter,
    partitionValues: (database: string, table: string) => orderedValues(detailOf(database, table).partitions),
    partitionCount: (database: string, table: string) => detailOf(database, table).partitions.byValues.size,
    partition(database: string, table: string, values: readonly string[]) {
      const { partitions } = detailOf(database, table);
      const stored = partitions.byValues.get(keyOf(values));
      return stored && toGluePartition(partitions, stored, owner(database, table));
    },
    async createPartitions(database: string, table: string, inputs: readonly PartitionInputOf[]) {
      await change(
        database,
        table,
        inputs.map((input) => ({ kind: 'create', input })),
        true,
      );
    },
    async updatePartition(database: string, table: string, values: readonly string[], input: PartitionInputOf) {
      await change(database, table, [{ kind: 'update', values, input }], true);
    },
    async deletePartitions(database: string, table: string, values: readonly (readonly string[])[]) {
      await change(
        database,
        table,
        values.map((each) => ({ kind: 'delete', values: each })),
        true,
      );
    },
    changePartitions: (database: string, table: string, changes: readonly PartitionChange[]) =>
      change(database, table, changes, false),
  };
}

type PartitionInputOf = Extract<PartitionChange, { kind: 'create' }>['input'];

function sideCalls(store: Store) {
  const detail = (database: string, table: string) => store.details.read(tableEntry(store, database, table).id);
  const change = (database: string, table: string, record: DetailRecord) =>
    changeDetail(store, database, table, () => [record]);
  const scope = (values: readonly string[] | undefined) => (values ? keyOf(values) : '');
  return {
    partitionIndexes: (database, table) => detail(database, table).indexes,
    setPartitionIndexes: (database, table, indexes) => change(database, table, { kind: 'indexes', indexes }),
    columnStatistics: (database, table, values) => detail(database, table).statistics.get(scope(values)) ?? new Map(),
    putColumnStatistics: (database, table, values, columns) =>
      change(database, table, { kind: 'statistics', of: scope(values), columns }),
    deleteColumnStatistics: (database, table, values, columns) =>
      change(database, table, { kind: 'drop-statistics', of: scope(values), columns }),
    tags: (arn) => store.definitions.tags.get(arn) ?? {},
    setTags: (arn, tags) => store.define(() => [{ kind: 'tags', arn, tags }]),
  } satisfies Partial<LakeCatalog>;
}
