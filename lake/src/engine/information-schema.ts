import type { Catalog, GlueTable } from '../catalog/catalog.ts';
import type { Relation, Scan } from '../sql/sql.ts';
import { displayType, quoteName, quoteText } from '../sql/types/index.ts';
import { columnType, isView } from './table-meta.ts';
import { decodeView } from './view-text.ts';

export const INFORMATION_SCHEMA = 'information_schema';
const CATALOG = 'awsdatacatalog';

type Cell = string | number | null;

interface InformationTable {
  readonly columns: Readonly<Record<string, 'varchar' | 'bigint'>>;
  rows(catalog: Catalog): readonly Readonly<Record<string, Cell>>[];
}

const TABLES: Readonly<Record<string, InformationTable>> = {
  schemata: {
    columns: { catalog_name: 'varchar', schema_name: 'varchar' },
    rows: (catalog) =>
      [...catalog.databases().map((database) => database.Name), INFORMATION_SCHEMA]
        .sort()
        .map((name) => ({ catalog_name: CATALOG, schema_name: name })),
  },
  tables: {
    columns: { table_catalog: 'varchar', table_schema: 'varchar', table_name: 'varchar', table_type: 'varchar' },
    rows: (catalog) =>
      everyTable(catalog).map((table) => ({
        ...placeOf(table),
        table_type: isView(table) ? 'VIEW' : 'BASE TABLE',
      })),
  },
  views: {
    columns: { table_catalog: 'varchar', table_schema: 'varchar', table_name: 'varchar', view_definition: 'varchar' },
    rows: (catalog) =>
      everyTable(catalog)
        .filter(isView)
        .map((table) => ({ ...placeOf(table), view_definition: decodeView(table).originalSql })),
  },
  columns: {
    columns: {
      table_catalog: 'varchar',
      table_schema: 'varchar',
      table_name: 'varchar',
      column_name: 'varchar',
      ordinal_position: 'bigint',
      column_default: 'varchar',
      is_nullable: 'varchar',
      data_type: 'varchar',
      comment: 'varchar',
      extra_info: 'varchar',
    },
    rows: (catalog) => everyTable(catalog).flatMap(columnRows),
  },
};

function everyTable(catalog: Catalog): readonly GlueTable[] {
  return catalog.databases().flatMap((database) => catalog.tables(database.Name));
}

function placeOf(table: GlueTable): Readonly<Record<string, Cell>> {
  return { table_catalog: CATALOG, table_schema: table.DatabaseName, table_name: table.Name };
}

function columnRows(table: GlueTable): readonly Readonly<Record<string, Cell>>[] {
  const keys = table.PartitionKeys ?? [];
  const columns = isView(table)
    ? decodeView(table).columns.map(({ name, type }) => ({ name, type, comment: null, extra: null }))
    : [...(table.StorageDescriptor?.Columns ?? []), ...keys].map((column) => {
        const type = columnType(column);
        return {
          name: column.Name,
          type: type === undefined ? (column.Type ?? '') : displayType(type),
          comment: column.Comment ?? null,
          extra: keys.includes(column) ? 'partition key' : null,
        };
      });
  return columns.map((column, index) => ({
    ...placeOf(table),
    column_name: column.name,
    ordinal_position: index + 1,
    column_default: null,
    is_nullable: 'YES',
    data_type: column.type,
    comment: column.comment,
    extra_info: column.extra,
  }));
}

export function informationTable(name: string): Relation | undefined {
  const table = Object.hasOwn(TABLES, name) ? TABLES[name] : undefined;
  if (table === undefined) return undefined;
  return {
    kind: 'table',
    database: INFORMATION_SCHEMA,
    name,
    columns: Object.entries(table.columns).map(([column, kind]) => ({
      name: column,
      type: kind === 'varchar' ? { kind: 'varchar', length: undefined } : { kind: 'bigint' },
    })),
    partitionColumns: [],
  };
}

/** The SELECT that gives a scan of information_schema its rows. */
export function informationSelect(scan: Scan, catalog: Catalog): string {
  const table = TABLES[scan.table]!;
  const names = scan.columns.filter((name) => table.columns[name] !== undefined);
  const rows = table.rows(catalog);
  const columns = names.length === 0 ? ['"one"'] : names.map(quoteName);
  const types = names.length === 0 ? ['INTEGER'] : names.map((name) => table.columns[name]!.toUpperCase());
  const nothing = `SELECT ${columns.map((column, i) => `CAST(NULL AS ${types[i]}) AS ${column}`).join(', ')} WHERE false`;
  if (rows.length === 0) return nothing;
  const values = rows.map(
    (row) => `(${names.length === 0 ? '1' : names.map((name) => literal(row[name])).join(', ')})`,
  );
  return `SELECT ${columns.map((c, i) => `CAST(${c} AS ${types[i]}) AS ${c}`).join(', ')} FROM (VALUES ${values.join(', ')}) AS t(${columns.join(', ')})`;
}

function literal(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return 'NULL';
  return typeof cell === 'number' ? String(cell) : quoteText(cell);
}
