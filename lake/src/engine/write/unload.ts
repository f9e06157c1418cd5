import type { EngineResult } from '../../athena/engine.ts';
import type { Statement } from '../../sql/ast.ts';
import { SqlError } from '../../sql/sql.ts';
import { failure } from '../failure.ts';
import { partitionPath } from '../location.ts';
import { compileIn, outputIn } from '../query.ts';
import { makeRelations } from '../run-scans.ts';
import type { StatementContext } from '../statement-context.ts';
import { refuseForHive, splitKeys } from './columns.ts';
import { formatNamed } from './format.ts';
import { orderSql, splitOrder } from './order.ts';
import { type PropertyReader, readProperties } from './properties.ts';
import { publishFiles } from './publish.ts';
import { writeRows } from './rows.ts';
import { unloadTarget } from './target.ts';

/** UNLOAD (query) TO 's3://...': files alone, no table. https://docs.aws.amazon.com/athena/latest/ug/unload.html */
export async function unload(
  statement: Extract<Statement, { kind: 'unload' }>,
  context: StatementContext,
): Promise<EngineResult> {
  const properties = readProperties(statement.properties, 'unload');
  const format = formatOf(properties);
  const partitionedBy = properties.list('partitioned_by') ?? [];
  properties.end();
  const location = unloadTarget(statement.to, context.objects);
  const given = outputIn(statement.query, context).map((column) => column.name?.toLowerCase());
  const names = given.map((name, i) => name ?? `_col${i}`);
  const split = splitOrder(statement.query, given);
  const compiled = compileIn(split?.query ?? statement.query, context);
  const columns = compiled.columns.map(({ type }, i) => ({ name: names[i]!, type }));
  const { data, keys } = splitKeys(columns, partitionedBy);
  for (const { name, type } of columns) {
    if (type.kind === 'unknown') throw new SqlError('COLUMN_TYPE_UNKNOWN', `Column type is unknown: ${name}`, 1, 1);
    refuseForHive(name, type);
  }
  const { bytes } = await makeRelations(compiled, context);
  const order = split === undefined ? undefined : orderSql(split.order, data.length);
  const written = await writeRows({ sql: compiled.sql, columns: data, keys, order, format }, context);
  const keyNames = keys.map((key) => key.name);
  const manifest = await publishFiles(
    written,
    ({ values }) => {
      const path = values.length === 0 ? '' : `${partitionPath(keyNames, values)}/`;
      return { bucket: location.bucket, prefix: `${location.prefix}${path}` };
    },
    format,
    context,
  );
  return { columns: [], rows: { kind: 'none' }, bytesScanned: bytes, updateCount: written.rows, manifest };
}

/** Parquet is written as gzip where nothing is said, text and JSON too; CSV is text with commas. */
function formatOf(properties: PropertyReader): ReturnType<typeof formatNamed> {
  const name = properties.text('format')?.toUpperCase();
  if (name === undefined) throw failure('INVALID_TABLE_PROPERTY', "UNLOAD needs the property 'format'");
  const codec = (properties.text('compression') ?? 'GZIP').toLowerCase();
  const level = properties.number('compression_level');
  return formatNamed(name, codec, level, properties.text('field_delimiter'));
}
