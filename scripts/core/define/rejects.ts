import type { Column, TableDefinition } from '../model/definition.ts';

/** What a load says of a row that it refuses: the columns of every rejects table. */
export const REJECT_COLUMNS: readonly Column[] = [
  { name: 'reject_load', type: 'string', description: 'Load that refused the row' },
  { name: 'reject_file', type: 'string', description: 'File that the row came from' },
  { name: 'reject_line', type: 'bigint', description: 'Line of the file; NULL, as Athena knows none' },
  { name: 'reject_reason', type: 'string', description: 'What is wrong with the row' },
  { name: 'reject_text', type: 'string', description: 'The row as it came: JSON, each value as text' },
];

/** The name of the table that holds the rows which the loads of a table refuse. */
export function rejectsName(table: Pick<TableDefinition, 'name'>): string {
  return `${table.name}_rejects`;
}

/**
 * The table for the bad rows of a table whose load declares `rejects`. It follows from that one's definition, so that plan,
 * apply, queries and views know it as any other table. Its partitions are those of the table, so that a day which is loaded
 * again has the bad rows of that load alone. Its own folder stays empty: the rows are below the load's.
 */
export function rejectsTable(table: TableDefinition): TableDefinition | undefined {
  if (table.load?.rejects === undefined) return undefined;
  const { renamedFrom } = table;
  return {
    ...table,
    name: rejectsName(table),
    description: `Rows that loads of ${table.database}.${table.name} refused, and why`,
    location: { ...table.location, path: rejectsPath(table.location.path) },
    columns: REJECT_COLUMNS,
    projection: undefined,
    sortedBy: [],
    properties: {},
    load: undefined,
    checks: [],
    renamedFrom: renamedFrom === undefined ? undefined : rejectsName({ name: renamedFrom }),
    rejectsOf: `${table.database}.${table.name}`,
  };
}

/** `shop/sales/` -> `shop/sales_rejects/` */
function rejectsPath(path: string): string {
  return path.replace(/\/?$/, '_rejects/');
}
