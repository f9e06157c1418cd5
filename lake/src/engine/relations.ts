import type { Catalog, GlueTable } from '../catalog/catalog.ts';
import type { Relation, Relations } from '../sql/sql.ts';
import { INFORMATION_SCHEMA, informationTable } from './information-schema.ts';
import { HIDDEN } from './scan/hidden.ts';
import { dataColumns, isView, partitionColumns } from './table-meta.ts';
import { decodeView, viewColumns } from './view-text.ts';

/** Athena's names for `table$partitions`. */
const PARTITIONS = '$partitions';

/** What the SQL front may name: tables, views, `table$partitions` and information_schema. */
export function relationsOf(catalog: Catalog): Relations {
  return {
    find(database, name) {
      if (database === INFORMATION_SCHEMA) return informationTable(name);
      if (catalog.database(database) === undefined) return 'no-database';
      if (name.endsWith(PARTITIONS)) {
        const table = catalog.table(database, name.slice(0, -PARTITIONS.length));
        return table === undefined || isView(table) ? undefined : partitionsRelation(table);
      }
      const table = catalog.table(database, name);
      if (table === undefined) return undefined;
      return isView(table) ? viewRelation(table) : tableRelation(table);
    },
  };
}

/** The table whose partitions `name$partitions` lists. */
export function partitionsTableOf(catalog: Catalog, database: string, name: string): GlueTable | undefined {
  return name.endsWith(PARTITIONS) ? catalog.table(database, name.slice(0, -PARTITIONS.length)) : undefined;
}

function tableRelation(table: GlueTable): Relation {
  const keys = partitionColumns(table);
  const hidden = HIDDEN.filter(({ name }) => name !== '$partition' || keys.length > 0);
  return {
    kind: 'table',
    database: table.DatabaseName,
    name: table.Name,
    columns: [...dataColumns(table), ...keys, ...hidden.map((column) => ({ ...column, hidden: true }))],
    partitionColumns: keys.map((key) => key.name),
  };
}

function viewRelation(table: GlueTable): Relation {
  const view = decodeView(table);
  return {
    kind: 'view',
    database: table.DatabaseName,
    name: table.Name,
    columns: viewColumns(table),
    sql: view.originalSql,
    defaultDatabase: view.schema,
  };
}

function partitionsRelation(table: GlueTable): Relation | undefined {
  const keys = partitionColumns(table);
  if (keys.length === 0) return undefined;
  return {
    kind: 'table',
    database: table.DatabaseName,
    name: `${table.Name}${PARTITIONS}`,
    columns: keys,
    partitionColumns: keys.map((key) => key.name),
  };
}
