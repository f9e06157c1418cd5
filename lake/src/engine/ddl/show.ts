import type { EngineResult } from '../../athena/engine.ts';
import type { GlueTable } from '../../catalog/catalog.ts';
import type { Show } from '../../hive/statement.ts';
import { ddlFailure, semanticFailure } from '../failure.ts';
import { partitionPath } from '../location.ts';
import { isView } from '../table-meta.ts';
import { decodeView } from '../view-text.ts';
import { showCreateTable } from './create-text.ts';
import { type DdlServices, requireDatabase, requireTable } from './place.ts';

/** The lines of a SHOW or DESCRIBE and the names of its columns. */
export interface Listing {
  readonly columns: readonly string[];
  readonly lines: readonly string[];
}

/** A listing as a result: one string a row. */
export function listingResult({ columns, lines }: Listing): EngineResult {
  return {
    columns: columns.map((name) => ({ name, type: 'string' })),
    rows: { kind: 'rows', rows: lines.map((line) => [line]) },
    bytesScanned: 0,
  };
}

export function show(services: DdlServices, statement: Show): Listing {
  switch (statement.kind) {
    case 'show databases':
      return listing(
        'database_name',
        matchingNames(
          services.catalog.databases().map((d) => d.Name),
          statement.pattern,
        ),
      );
    case 'show tables':
    case 'show views':
      return showTables(services, statement);
    case 'show columns':
      return listing(
        'field',
        allColumns(requireTable(services, statement.table)).map((name) => name.padEnd(20)),
      );
    case 'show partitions':
      return showPartitions(services, requireTable(services, statement.table));
    case 'show create table':
      return showCreate(requireTable(services, statement.table));
    case 'show create view':
      return showCreateView(requireTable(services, statement.table));
    case 'show properties':
      return showProperties(requireTable(services, statement.table), statement.property);
  }
}

function listing(column: string, lines: readonly string[]): Listing {
  return { columns: [column], lines };
}

/** Hive's pattern: `*` is any text, `|` separates alternatives, the rest is a regular expression. */
function matchingNames(names: readonly string[], pattern: string | undefined): readonly string[] {
  const sorted = [...names].sort();
  if (pattern === undefined) return sorted;
  const alternatives = pattern.split('|').map((part) => part.trim().replace(/\.?\*/g, '.*').replace(/%/g, '.*'));
  try {
    const tests = alternatives.map((alternative) => new RegExp(`^(?:${alternative})$`, 'i'));
    return sorted.filter((name) => tests.some((test) => test.test(name)));
  } catch {
    throw semanticFailure(`Invalid pattern: ${pattern}`);
  }
}

function showTables(services: DdlServices, statement: Extract<Show, { kind: 'show tables' | 'show views' }>): Listing {
  const database = statement.database ?? services.database;
  requireDatabase(services, database);
  const views = statement.kind === 'show views';
  const tables = services.catalog.tables(database).filter((table) => !views || isView(table));
  const names = matchingNames(
    tables.map((table) => table.Name),
    statement.pattern,
  );
  return listing(views ? 'views' : 'tab_name', names);
}

function allColumns(table: GlueTable): readonly string[] {
  return [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])].map((column) => column.Name);
}

function showPartitions(services: DdlServices, table: GlueTable): Listing {
  const keys = (table.PartitionKeys ?? []).map((key) => key.Name);
  if (keys.length === 0) throw ddlFailure(`Table ${table.Name} is not a partitioned table`);
  const lines: string[] = [];
  for (const { Values } of services.catalog.partitions(table.DatabaseName, table.Name)) {
    lines.push(partitionPath(keys, Values));
  }
  return listing('partition', lines.sort());
}

function showCreate(table: GlueTable): Listing {
  if (isView(table)) {
    throw semanticFailure('[Error 10001]: SHOW CREATE TABLE is not supported for views; use SHOW CREATE VIEW');
  }
  return listing('createtab_stmt', showCreateTable(table));
}

function showCreateView(table: GlueTable): Listing {
  if (!isView(table)) throw semanticFailure(`${table.DatabaseName}.${table.Name} is a table, not a view`);
  const head = `CREATE VIEW "${table.DatabaseName}"."${table.Name}" AS `;
  return listing('Create View', `${head}\n${decodeView(table).originalSql}`.split('\n'));
}

function showProperties(table: GlueTable, property: string | undefined): Listing {
  const properties = table.Parameters ?? {};
  if (property !== undefined) {
    const missing = `Table ${table.DatabaseName}.${table.Name} does not have property: ${property}`;
    return listing('prpt_name', [properties[property] ?? missing]);
  }
  const lines = Object.keys(properties)
    .sort()
    .map((key) => `${key}\t${properties[key]}`);
  return { columns: ['prpt_name', 'prpt_value'], lines };
}
