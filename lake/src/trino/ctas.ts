import type { EngineResult } from '../athena/engine.ts';
import type { GlueTable } from '../catalog/catalog.ts';
import { asFailure } from '../engine/ddl/place.ts';
import { failure, notImplemented } from '../engine/failure.ts';
import { type Location, locationText, parseLocation } from '../engine/location.ts';
import { qualified } from '../engine/names.ts';
import { type PropertyReader, readProperties } from '../engine/write/properties.ts';
import { enforced, refuseMissingBucket, refuseOccupied } from '../engine/write/target.ts';
import type { Statement } from '../sql/index.ts';
import { finish, NOTHING, type TrinoContext, written } from './context.ts';
import { textLiteral, withProperties } from './text.ts';
import { readFormat, type WriteFormat } from './write-format.ts';

type Ctas = Extract<Statement, { kind: 'ctas' }>;

/** CREATE TABLE AS: Trino makes the table where Athena would, then it gets the parameters that Athena gives it. */
export async function createTableAs(statement: Ctas, sql: string, context: TrinoContext): Promise<EngineResult> {
  const { database, name } = qualified(statement.name, context.database);
  const table = () => context.catalog.table(database, name);
  const { location, format, properties } = targetOf(statement, context);
  if (table() !== undefined) {
    // Trino says what it thinks of that; nothing may be made of the place or the table.
    await finish(withProperties(sql, properties), context);
    return { ...NOTHING, updateCount: 0 };
  }
  if (context.catalog.database(database) !== undefined) {
    refuseMissingBucket(location, context.objects);
    refuseOccupied(location, { database, name }, context.objects);
  }
  const done = await finish(withProperties(sql, properties), context, { compression_codec: format.codec });
  const made = table();
  if (made !== undefined) await note(made, format, context);
  return written(done, objectsBelow(location, context));
}

interface Target {
  readonly location: Location;
  readonly format: WriteFormat;
  readonly properties: readonly string[];
}

function targetOf(statement: Ctas, { request }: TrinoContext): Target {
  const properties = readProperties(statement.properties, 'table');
  const external = properties.text('external_location');
  const format = readFormat(properties, ['write_compression', 'parquet_compression', 'orc_compression']);
  const type = properties.text('table_type');
  properties.text('is_external');
  const layout = ['partitioned_by', 'bucketed_by'].flatMap((each) => listProperty(each, properties));
  const count = properties.number('bucket_count');
  properties.end();
  if (type !== undefined && type.toUpperCase() !== 'HIVE') throw notImplemented(`CTAS with table_type ${type}`);
  if (external !== undefined && request.workgroup.enforcedLocation) throw enforced();
  const uri = external ?? `${request.outputLocation}tables/${request.queryId}/`;
  const location = parseLocation(uri);
  if (location === undefined)
    throw failure('INVALID_TABLE_PROPERTY', `External location must be a valid S3 path: ${uri}`);
  const place = `external_location = ${textLiteral(locationText(location))}`;
  const buckets = count === undefined ? [] : [`bucket_count = ${count}`];
  return { location, format, properties: [place, ...format.properties, ...layout, ...buckets] };
}

/** `name = ARRAY['a', 'b']`, or nothing where it isn't given. */
export function listProperty(name: string, properties: PropertyReader): readonly string[] {
  const items = properties.list(name);
  return items === undefined ? [] : [`${name} = ARRAY[${items.map(textLiteral).join(', ')}]`];
}

/** What was written, as S3 paths. */
export function objectsBelow(location: Location, { objects }: TrinoContext): readonly string[] {
  return objects.list(location.bucket, location.prefix).map(({ bucket, key }) => `s3://${bucket}/${key}`);
}

/** INSERT INTO, Athena's readers and Weir look for the codec and the classification in the parameters. */
async function note(table: GlueTable, format: WriteFormat, { catalog }: TrinoContext): Promise<void> {
  const { Name, Description, Owner, Retention, PartitionKeys, StorageDescriptor, TableType, Parameters } = table;
  const input = { Name, Description, Owner, Retention, PartitionKeys, StorageDescriptor, TableType };
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as typeof table;
  const parameters = { ...Parameters, has_encrypted_data: 'false', ...format.tableParameters };
  await catalog
    .updateTable(
      table.DatabaseName,
      { ...given, Parameters: parameters },
      { versionId: table.VersionId, skipArchive: true },
    )
    .catch((error: unknown) => {
      throw asFailure(error);
    });
}
