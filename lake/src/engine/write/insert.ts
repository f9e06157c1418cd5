import type { EngineResult } from '../../athena/engine.ts';
import type { GlueTable } from '../../catalog/catalog.ts';
import type { Statement } from '../../sql/ast.ts';
import { type Compiled, SqlError } from '../../sql/sql.ts';
import { canCoerce, displayType, duckdbType, quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { newPartition } from '../ddl/partitions.ts';
import { asFailure } from '../ddl/place.ts';
import { failure, notImplemented } from '../failure.ts';
import { type Location, locationText, parseLocation, partitionPath } from '../location.ts';
import { qualified } from '../names.ts';
import { compileIn } from '../query.ts';
import { makeRelations } from '../run-scans.ts';
import { serdeOf } from '../scan/formats.ts';
import { isProjected, templateLocation } from '../scan/projection.ts';
import { fieldDelimiter, refuseOtherFiles, serdeProperties } from '../scan/serde.ts';
import type { DataColumn } from '../scan/source.ts';
import type { StatementContext } from '../statement-context.ts';
import { dataColumns, isView, partitionColumns } from '../table-meta.ts';
import { jsonFormat, parquetFormat, textFormat, type WriteFormat } from './format.ts';
import { publishFiles } from './publish.ts';
import { type Written, writeRows } from './rows.ts';

/** INSERT INTO: new files in the table's or its partitions' folders; partitions that are not there are registered. */
export async function insertInto(
  statement: Extract<Statement, { kind: 'insert' }>,
  context: StatementContext,
): Promise<EngineResult> {
  const { database, name } = qualified(statement.name, context.database);
  const { line, column } = statement.at;
  const table = context.catalog.table(database, name);
  if (table === undefined) {
    throw new SqlError('TABLE_NOT_FOUND', `Table 'awsdatacatalog.${database}.${name}' does not exist`, line, column);
  }
  if (isView(table)) throw new SqlError('NOT_SUPPORTED', 'Inserting into views is not supported', line, column);
  if ((table.StorageDescriptor?.BucketColumns ?? []).length > 0) throw notImplemented('INSERT INTO a bucketed table');
  const data = dataColumns(table);
  const keys = partitionColumns(table);
  const compiled = compileIn(statement.query, context);
  const names =
    statement.columns?.map((item) => item.name.toLowerCase()) ?? [...data, ...keys].map((item) => item.name);
  const sql = arranged(compiled, names, [...data, ...keys], [line, column]);
  const format = formatOf(table);
  const { bytes } = await makeRelations(compiled, context);
  const written = await writeRows({ sql, columns: data, keys, order: undefined, format }, context);
  const manifest = await publish(table, keys, written, format, context);
  return { columns: [], rows: { kind: 'none' }, bytesScanned: bytes, updateCount: written.rows, manifest };
}

/** The query's columns in the table's order and types; a column that isn't named is NULL. */
function arranged(
  compiled: Compiled,
  names: readonly string[],
  columns: readonly DataColumn[],
  [line, column]: readonly [number, number],
): string {
  const stranger = names.find((name) => !columns.some((item) => item.name === name));
  if (stranger !== undefined) {
    throw new SqlError(
      'COLUMN_NOT_FOUND',
      `Insert column name does not exist in target table: ${stranger}`,
      line,
      column,
    );
  }
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined) {
    throw new SqlError(
      'DUPLICATE_COLUMN_NAME',
      `Insert column name is specified more than once: ${repeated}`,
      line,
      column,
    );
  }
  const wanted = names.map((name) => columns.find((item) => item.name === name)!);
  const fits =
    wanted.length === compiled.columns.length &&
    wanted.every((item, i) => assignable(compiled.columns[i]!.type, item.type));
  if (!fits) {
    const list = (types: readonly Type[]) => `[${types.map(displayType).join(', ')}]`;
    const text =
      `Insert query has mismatched column types: Table: ${list(wanted.map((item) => item.type))}, ` +
      `Query: ${list(compiled.columns.map((item) => item.type))}`;
    throw new SqlError('TYPE_MISMATCH', text, line, column);
  }
  const items = columns.map((item, i) => {
    const at = names.indexOf(item.name);
    const value = at < 0 ? 'NULL' : untruncated(`c${at}`, compiled.columns[at]!.type, item.type);
    return `CAST(${value} AS ${duckdbType(item.type)}) AS d${i}`;
  });
  return `SELECT ${items.join(', ')} FROM (${compiled.sql}) AS q(${names.map((_, i) => `c${i}`).join(', ')})`;
}

/** Only blanks may be cut off of a text that is too long for its column. */
function untruncated(value: string, from: Type, to: Type): string {
  const limited = to.kind === 'varchar' || to.kind === 'char' ? to.length : undefined;
  if (limited === undefined || (from.kind === 'varchar' && from.length !== undefined && from.length <= limited))
    return value;
  const what = `Cannot truncate non-space characters when casting from ${displayType(from)} to ${displayType(to)} on INSERT`;
  const failing = `error(${quoteText(`INVALID_CAST_ARGUMENT: ${what}`)})`;
  return `CASE WHEN length(rtrim(${value}, ' ')) > ${limited} THEN ${failing} ELSE left(${value}, ${limited}) END`;
}

/** Trino also lets a longer varchar into a shorter one on insert. */
function assignable(from: Type, to: Type): boolean {
  return (
    canCoerce(from, to) ||
    (from.kind === 'varchar' && to.kind === 'varchar') ||
    (from.kind === 'char' && to.kind === 'char')
  );
}

/** New files are in the table's own format. */
function formatOf(table: GlueTable): WriteFormat {
  const descriptor = table.StorageDescriptor ?? {};
  const parameters = table.Parameters ?? {};
  const serde = serdeProperties(descriptor, parameters);
  refuseOtherFiles(descriptor);
  const said = parameters['parquet.compression'] ?? parameters.compression ?? parameters.write_compression;
  switch (serdeOf(descriptor).split('.').at(-1)) {
    case 'ParquetHiveSerDe':
      return parquetFormat((said ?? 'GZIP').toLowerCase(), undefined);
    case 'LazySimpleSerDe':
      if (Number(parameters['skip.header.line.count'] ?? 0) > 0) {
        throw failure('NOT_SUPPORTED', 'Inserting into Hive table with skip.header.line.count property not supported');
      }
      return textFormat('gzip', fieldDelimiter(serde), serde['serialization.null.format'] ?? '\\N');
    case 'JsonSerDe':
      return jsonFormat('gzip');
    default:
      throw notImplemented(`INSERT INTO a table of ${serdeOf(descriptor)}`);
  }
}

async function publish(
  table: GlueTable,
  keys: readonly DataColumn[],
  written: Written,
  format: WriteFormat,
  context: StatementContext,
): Promise<readonly string[]> {
  const manifest = await publishFiles(written, ({ values }) => placeOf(table, keys, values, context), format, context);
  if (keys.length === 0 || isProjected(table)) return manifest;
  const fresh = written.files
    .filter(({ values }) => context.catalog.partition(table.DatabaseName, table.Name, values) === undefined)
    .map(({ values }) => newPartition(table, values));
  try {
    if (fresh.length > 0) await context.catalog.createPartitions(table.DatabaseName, table.Name, fresh);
  } catch (error) {
    throw asFailure(error);
  }
  return manifest;
}

function placeOf(
  table: GlueTable,
  keys: readonly DataColumn[],
  values: readonly string[],
  context: StatementContext,
): Location {
  const there = keys.length === 0 ? undefined : context.catalog.partition(table.DatabaseName, table.Name, values);
  const uri = there?.StorageDescriptor?.Location ?? table.StorageDescriptor?.Location ?? '';
  const base = parseLocation(uri);
  if (base === undefined) throw failure('HIVE_INVALID_METADATA', `Invalid location: ${uri}`);
  if (there !== undefined || keys.length === 0) return base;
  const projected = isProjected(table) ? templateLocation(table, keys, values) : undefined;
  if (projected !== undefined) return parseLocation(projected) ?? base;
  const path = partitionPath(
    keys.map((key) => key.name),
    values,
  );
  return parseLocation(`${locationText(base)}${path}`) ?? base;
}
