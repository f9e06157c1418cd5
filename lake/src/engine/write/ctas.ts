import type { EngineResult } from '../../athena/engine.ts';
import type { GlueTableInput } from '../../catalog/catalog.ts';
import type { Statement } from '../../sql/ast.ts';
import { SqlError } from '../../sql/sql.ts';
import { newPartition } from '../ddl/partitions.ts';
import { asFailure, nowSeconds } from '../ddl/place.ts';
import { failure, notImplemented } from '../failure.ts';
import { type Location, locationText, parseLocation, partitionPath } from '../location.ts';
import { qualified } from '../names.ts';
import { compileIn, outputIn } from '../query.ts';
import { makeRelations } from '../run-scans.ts';
import type { StatementContext } from '../statement-context.ts';
import { type NewColumn, newColumns, splitKeys } from './columns.ts';
import { readFormat, type WriteFormat } from './format.ts';
import { orderSql, splitOrder } from './order.ts';
import { readProperties } from './properties.ts';
import { publishFiles, removeObjects } from './publish.ts';
import { type WriteTask, type Written, writeRows } from './rows.ts';
import { enforced, refuseMissingBucket, refuseOccupied } from './target.ts';

type Ctas = Extract<Statement, { kind: 'ctas' }>;

interface Target {
  readonly database: string;
  readonly name: string;
  readonly location: Location;
  readonly format: WriteFormat;
  readonly partitionedBy: readonly string[];
}

/** CREATE TABLE AS: the rows are written first, the table appears last, so that a failed one leaves no table. */
export async function createTableAs(statement: Ctas, context: StatementContext): Promise<EngineResult> {
  const { database, name } = qualified(statement.name, context.database);
  if (context.catalog.database(database) === undefined) {
    throw new SqlError('NOT_FOUND', `Schema ${database} not found`);
  }
  if (context.catalog.table(database, name) !== undefined) {
    if (statement.ifNotExists) return { columns: [], rows: { kind: 'none' }, bytesScanned: 0, updateCount: 0 };
    const text = `Destination table 'awsdatacatalog.${database}.${name}' already exists`;
    throw new SqlError('TABLE_ALREADY_EXISTS', text, statement.at.line, statement.at.column);
  }
  const target = targetOf(statement, database, name, context);
  const aliases = statement.columns?.map((column) => column.name);
  const outputs = outputIn(statement.query, context);
  const columns = newColumns(outputs, aliases);
  const split = splitOrder(
    statement.query,
    outputs.map(({ name: own }) => own?.toLowerCase()),
  );
  const compiled = compileIn(split?.query ?? statement.query, context);
  const { data, keys } = splitKeys(columns, target.partitionedBy);
  refuseOccupied(target.location, target, context.objects);
  const { bytes } = await makeRelations(compiled, context);
  const task: WriteTask = {
    sql: statement.withData ? compiled.sql : `SELECT * FROM (${compiled.sql}) WHERE false`,
    columns: data,
    keys,
    order: split === undefined ? undefined : orderSql(split.order, data.length),
    format: target.format,
  };
  const written = await writeRows(task, context);
  const manifest = await register(target, data, keys, written, statement.comment, context);
  return { columns: [], rows: { kind: 'none' }, bytesScanned: bytes, updateCount: written.rows, manifest };
}

function targetOf(statement: Ctas, database: string, name: string, context: StatementContext): Target {
  const properties = readProperties(statement.properties, 'table');
  const external = properties.text('external_location');
  const format = readFormat(properties);
  const partitionedBy = properties.list('partitioned_by') ?? [];
  const bucketedBy = properties.list('bucketed_by');
  const count = properties.number('bucket_count');
  refuseIceberg(properties.text('table_type'));
  properties.text('is_external'); // of Iceberg tables alone
  properties.end();
  const location = parseLocation(external ?? `${context.request.outputLocation}tables/${context.request.queryId}/`);
  if (external !== undefined && context.request.workgroup.enforcedLocation) throw enforced();
  if (location === undefined)
    throw failure('INVALID_TABLE_PROPERTY', `External location must be a valid S3 path: ${external}`);
  refuseMissingBucket(location, context.objects);
  if (bucketedBy !== undefined && !(count !== undefined && count > 0)) {
    throw failure(
      'INVALID_TABLE_PROPERTY',
      'bucketed_by and bucket_count must be given together, bucket_count above 0',
    );
  }
  return { database, name, location, format, partitionedBy };
}

function refuseIceberg(type: string | undefined): void {
  if (type !== undefined && type.toUpperCase() !== 'HIVE') throw notImplemented(`CTAS with table_type ${type}`);
}

async function register(
  target: Target,
  data: readonly NewColumn[],
  keys: readonly NewColumn[],
  written: Written,
  comment: string | undefined,
  context: StatementContext,
): Promise<readonly string[]> {
  const names = keys.map((key) => key.name);
  const placeOf = (values: readonly string[]): Location => {
    const path = values.length === 0 ? '' : `${partitionPath(names, values)}/`;
    return { bucket: target.location.bucket, prefix: `${target.location.prefix}${path}` };
  };
  const manifest = await publishFiles(written, (file) => placeOf(file.values), target.format, context);
  try {
    await context.catalog.createTable(target.database, tableOf(target, data, keys, comment));
    const table = context.catalog.table(target.database, target.name)!;
    const inputs = written.files
      .filter((file) => file.values.length > 0)
      .map((file) => newPartition(table, file.values, locationText(placeOf(file.values))));
    if (inputs.length > 0) await context.catalog.createPartitions(target.database, target.name, inputs);
  } catch (error) {
    await removeObjects(manifest, context);
    throw asFailure(error);
  }
  return manifest;
}

function tableOf(
  target: Target,
  data: readonly NewColumn[],
  keys: readonly NewColumn[],
  comment: string | undefined,
): GlueTableInput {
  const { format } = target;
  const column = ({ name, hive }: NewColumn) => ({ Name: name, Type: hive });
  return {
    Name: target.name,
    Owner: 'hadoop',
    Retention: 0,
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: keys.map(column),
    Parameters: {
      EXTERNAL: 'TRUE',
      has_encrypted_data: 'false',
      ...format.tableParameters,
      ...(comment === undefined ? {} : { comment }),
      transient_lastDdlTime: nowSeconds(),
    },
    StorageDescriptor: {
      Columns: data.map(column),
      Location: locationText(target.location),
      InputFormat: format.storage.input,
      OutputFormat: format.storage.output,
      Compressed: false,
      // bucketed_by is taken and has no effect: rows are not dealt to files by Hive's hash, so no reader may rely on it.
      NumberOfBuckets: -1,
      SerdeInfo: { SerializationLibrary: format.storage.serde, Parameters: { ...format.serdeParameters } },
      BucketColumns: [],
      SortColumns: [],
      Parameters: {},
      StoredAsSubDirectories: false,
    },
  };
}
