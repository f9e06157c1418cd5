import type { EngineResult } from '../athena/engine.ts';
import type { GlueTable } from '../catalog/catalog.ts';
import { notImplemented } from '../engine/failure.ts';
import { locationText, parseLocation } from '../engine/location.ts';
import { qualified } from '../engine/names.ts';
import { isProjected } from '../engine/scan/projection.ts';
import type { Statement } from '../sql/index.ts';
import { finish, type TrinoContext, written } from './context.ts';
import { objectsBelow } from './ctas.ts';
import { codecNoted } from './write-format.ts';

/** INSERT INTO, in the codec that the table's files have. */
export async function insertInto(
  statement: Extract<Statement, { kind: 'insert' }>,
  sql: string,
  context: TrinoContext,
): Promise<EngineResult> {
  const { database, name } = qualified(statement.name, context.database);
  const table = context.catalog.table(database, name);
  if (table !== undefined && isProjected(table) && table.Parameters?.['storage.location.template'] !== undefined) {
    // Trino reads such partitions where the template says, but writes them below the table's own location.
    throw notImplemented('INSERT INTO a table with storage.location.template, executed by Trino,');
  }
  const done = await finish(sql, context, { compression_codec: codecNoted(table?.Parameters ?? {}) });
  return written(done, table && writtenBy(done.run.id, table, context));
}

/** Trino's files begin with the id of its query. */
function writtenBy(id: string, table: GlueTable, context: TrinoContext): readonly string[] {
  const uris = [table.StorageDescriptor?.Location];
  for (const { StorageDescriptor } of context.catalog.partitions(table.DatabaseName, table.Name))
    uris.push(StorageDescriptor?.Location);
  const places = uris.flatMap((uri) => parseLocation(uri ?? '') ?? []);
  const roots = new Map(places.map((place) => [locationText(place), place]));
  const files = [...roots.values()].flatMap((place) => objectsBelow(place, context));
  return [...new Set(files)].filter((file) => file.slice(file.lastIndexOf('/') + 1).startsWith(id)).sort();
}
