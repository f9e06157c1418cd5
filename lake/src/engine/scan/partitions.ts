import type { Catalog, GlueTable } from '../../catalog/catalog.ts';
import { quoteName } from '../../sql/types/index.ts';
import { failure } from '../failure.ts';
import { locationText, parseLocation, partitionPath } from '../location.ts';
import type { Connection } from '../session.ts';
import { partitionColumns } from '../table-meta.ts';
import { badPartitionValue, partitionValue } from './partition-value.ts';
import { isProjected, projectedValues } from './projection.ts';
import type { DataColumn, ScanPartition } from './source.ts';

const SEPARATOR = '\u001f';
/** https://docs.aws.amazon.com/athena/latest/ug/service-limits.html */
const MOST_PARTITIONS = 1_000_000;

/** The partitions of a table for which `filter` may hold; the whole table as one where it has none. */
export async function matchingPartitions(
  table: GlueTable,
  filter: string | undefined,
  catalog: Catalog,
  connection: Connection,
): Promise<readonly ScanPartition[]> {
  const keys = partitionColumns(table);
  if (keys.length === 0)
    return [{ values: [], descriptor: table.StorageDescriptor ?? {}, location: locationOf(table) }];
  if (isProjected(table)) {
    const values = await projectedValues(table, keys, filter, connection);
    return values.map((value) => projectedPartition(table, keys, value));
  }
  return registeredPartitions(table, keys, filter, catalog, connection);
}

async function registeredPartitions(
  table: GlueTable,
  keys: readonly DataColumn[],
  filter: string | undefined,
  catalog: Catalog,
  connection: Connection,
): Promise<readonly ScanPartition[]> {
  const all = [...catalog.partitions(table.DatabaseName, table.Name)];
  const kept =
    filter === undefined
      ? undefined
      : await matching(
          table,
          keys,
          all.map((p) => p.Values),
          filter,
          connection,
        );
  const chosen = kept === undefined ? all : kept.map((i) => all[i]!);
  if (chosen.length > MOST_PARTITIONS) {
    const text = `Query over table '${table.DatabaseName}.${table.Name}' can potentially read more than ${MOST_PARTITIONS} partitions`;
    throw failure('HIVE_EXCEEDED_PARTITION_LIMIT', text);
  }
  return chosen.map((partition) => {
    const descriptor = partition.StorageDescriptor ?? table.StorageDescriptor ?? {};
    const location = descriptor.Location ?? defaultLocation(table, keys, partition.Values);
    const parameters = partition.Parameters ?? {};
    return { values: partition.Values, descriptor, location, parameters };
  });
}

/** Numbers of the tuples for which the filter holds; DuckDB evaluates it over all of them in one go. */
async function matching(
  table: GlueTable,
  keys: readonly DataColumn[],
  tuples: readonly (readonly string[])[],
  filter: string,
  connection: Connection,
): Promise<readonly number[]> {
  if (tuples.length === 0) return [];
  const texts = keys.map((_, k) => tuples.map((values) => values[k] ?? '').join(SEPARATOR));
  const lists = keys.map((_, k) => `unnest(string_split($${k + 1}, chr(31))) AS v${k}`);
  const cells = keys.map(({ name, type }, k) => `${partitionValue(`v${k}`, type)} AS ${quoteName(name)}`);
  const sql =
    `SELECT i FROM (SELECT i, ${cells.join(', ')} FROM (SELECT ${lists.join(', ')}, ` +
    `unnest(range(${tuples.length})) AS i)) WHERE ${filter} ORDER BY i`;
  try {
    const reader = await connection.read(sql, texts);
    return (reader.getColumns()[0] ?? []).map(Number);
  } catch (error) {
    throw badPartitionValue(table, error);
  }
}

function projectedPartition(table: GlueTable, keys: readonly DataColumn[], values: readonly string[]): ScanPartition {
  const template = table.Parameters?.['storage.location.template'];
  const location =
    template === undefined
      ? defaultLocation(table, keys, values)
      : keys.reduce((text, { name }, k) => text.replaceAll(`\${${name}}`, values[k] ?? ''), template);
  return { values, descriptor: table.StorageDescriptor ?? {}, location };
}

function defaultLocation(table: GlueTable, keys: readonly DataColumn[], values: readonly string[]): string {
  const base = parseLocation(locationOf(table));
  const path = partitionPath(
    keys.map((key) => key.name),
    values,
  );
  return base === undefined ? '' : `${locationText(base)}${path}/`;
}

function locationOf(table: GlueTable): string {
  return table.StorageDescriptor?.Location ?? '';
}
