import type { GlueTable } from '../catalog/catalog.ts';
import { type GlueCall, notFound, operation } from './operation.ts';
import { presentTable } from './present.ts';
import { name, ofDatabase, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly Name: string;
}

export const getTable = operation<Input>(request({ ...ofDatabase, 'Name!': name }), (input, call) => ({
  Table: presentTable(tableNamed(call, input.DatabaseName, input.Name)),
}));

/** The table, or Glue's refusal: it tells a missing database from a missing table. */
export function tableNamed(call: GlueCall, database: string, table: string): GlueTable {
  const found = call.catalog.table(database, table);
  if (found) return found;
  requireDatabase(call, database);
  throw notFound(`Table ${table.toLowerCase()} not found.`);
}

export function requireDatabase(call: GlueCall, database: string): void {
  if (!call.catalog.database(database)) throw notFound(`Database ${database.toLowerCase()} not found.`);
}
