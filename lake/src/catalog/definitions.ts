import type { GlueDatabase, GlueTable } from './catalog.ts';
import { deepFreeze } from './partition-set.ts';

/** A table's definition and the number that names its own journal (a table made anew under an old name gets a new one). */
export interface TableEntry {
  readonly id: number;
  readonly table: GlueTable;
}

export interface DatabaseEntry {
  readonly database: GlueDatabase;
  readonly tables: Map<string, TableEntry>;
}

/** All databases, tables and tags: always in memory. */
export interface Definitions {
  readonly databases: Map<string, DatabaseEntry>;
  readonly tags: Map<string, Readonly<Record<string, string>>>;
  nextId: number;
}

/** One line of the catalog's journal. */
export type DefinitionRecord =
  | { readonly kind: 'database'; readonly database: GlueDatabase }
  | { readonly kind: 'drop-database'; readonly name: string }
  | { readonly kind: 'table'; readonly id: number; readonly table: GlueTable }
  | { readonly kind: 'drop-tables'; readonly database: string; readonly names: readonly string[] }
  | { readonly kind: 'tags'; readonly arn: string; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: 'next-id'; readonly id: number };

export function createDefinitions(): Definitions {
  return { databases: new Map(), tags: new Map(), nextId: 1 };
}

export function applyDefinition(definitions: Definitions, record: DefinitionRecord): void {
  switch (record.kind) {
    case 'database': {
      const database = deepFreeze(record.database);
      const tables = definitions.databases.get(database.Name)?.tables ?? new Map<string, TableEntry>();
      definitions.databases.set(database.Name, { database, tables });
      return;
    }
    case 'drop-database':
      definitions.databases.delete(record.name);
      return;
    case 'table':
      definitions.nextId = Math.max(definitions.nextId, record.id + 1);
      definitions.databases
        .get(record.table.DatabaseName)
        ?.tables.set(record.table.Name, { id: record.id, table: deepFreeze(record.table) });
      return;
    case 'drop-tables':
      for (const name of record.names) definitions.databases.get(record.database)?.tables.delete(name);
      return;
    case 'tags':
      if (Object.keys(record.tags).length) definitions.tags.set(record.arn, record.tags);
      else definitions.tags.delete(record.arn);
      return;
    case 'next-id':
      definitions.nextId = Math.max(definitions.nextId, record.id);
      return;
  }
}

export function* snapshotOfDefinitions(definitions: Definitions): Generator<DefinitionRecord> {
  yield { kind: 'next-id', id: definitions.nextId };
  for (const { database, tables } of definitions.databases.values()) {
    yield { kind: 'database', database };
    for (const { id, table } of tables.values()) yield { kind: 'table', id, table };
  }
  for (const [arn, tags] of definitions.tags) yield { kind: 'tags', arn, tags };
}
