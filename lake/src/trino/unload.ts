import type { EngineResult } from '../athena/engine.ts';
import { failure } from '../engine/failure.ts';
import { locationText } from '../engine/location.ts';
import { readProperties } from '../engine/write/properties.ts';
import { unloadTarget } from '../engine/write/target.ts';
import type { Statement } from '../sql/index.ts';
import { finish, type TrinoContext, written } from './context.ts';
import { listProperty, objectsBelow } from './ctas.ts';
import { columnsOnly, nameLiteral, textLiteral } from './text.ts';
import { readFormat } from './write-format.ts';

/**
 * UNLOAD, which Trino has not: a table is made at the target and taken out of the catalog again, its files stay.
 * https://docs.aws.amazon.com/athena/latest/ug/unload.html
 */
export async function unload(
  statement: Extract<Statement, { kind: 'unload' }>,
  sql: string,
  context: TrinoContext,
): Promise<EngineResult> {
  if (!statement.properties.some(({ name }) => name.toLowerCase() === 'format'))
    throw failure('INVALID_TABLE_PROPERTY', "UNLOAD needs the property 'format'");
  const properties = readProperties(statement.properties, 'unload');
  const format = readFormat(properties, ['compression']);
  const partitions = listProperty('partitioned_by', properties);
  properties.end();
  const location = unloadTarget(statement.to, context.objects);
  const { run } = await finish(columnsOnly(sql, statement.sql), context);
  const names = run.columns.map(({ name }) => nameLiteral(name)).join(', ');
  const database = temporaryDatabase(context);
  const table = `weir_unload_${context.request.queryId.replaceAll('-', '')}`;
  const place = `external_location = ${textLiteral(locationText(location))}`;
  const clauses = [place, ...format.properties, ...partitions].join(', ');
  const target = `${nameLiteral(database)}.${nameLiteral(table)} (${names})`;
  try {
    const made = await finish(`CREATE TABLE ${target} WITH (${clauses}) AS ${statement.sql}`, context, {
      compression_codec: format.codec,
    });
    return written(made, objectsBelow(location, context));
  } finally {
    if (context.catalog.table(database, table)) await context.catalog.deleteTable(database, table);
  }
}

function temporaryDatabase({ catalog, database }: TrinoContext): string {
  const found = catalog.database(database)?.Name ?? catalog.databases()[0]?.Name;
  if (found === undefined) throw failure('NOT_FOUND', `Schema ${database} not found`);
  return found;
}
