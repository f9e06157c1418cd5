import type { Catalog, GluePartition, GlueTable } from '../../catalog/catalog.ts';
import { quoteName } from '../../sql/types/index.ts';
import { failure } from '../failure.ts';
import { locationText, parseLocation, partitionPath } from '../location.ts';
import type { Connection } from '../session.ts';
import { partitionColumns } from '../table-meta.ts';
import { badPartitionValue, partitionValue } from './partition-value.ts';
import { isProjected, projectedValues, templateLocation } from './projection.ts';
import type { DataColumn, ScanPartition } from './source.ts';
import { listValues, unnestValues, type ValueList } from './value-list.ts';

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
  const { DatabaseName, Name } = table;
  const chosen =
    filter === undefined
      ? [...catalog.partitions(DatabaseName, Name)]
      : await matching(table, keys, catalog, filter, connection);
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

/** The partitions for which the filter holds; DuckDB evaluates it over the values of all in one go. */
async function matching(
  table: GlueTable,
  keys: readonly DataColumn[],
  catalog: Catalog,
  filter: string,
  connection: Connection,
): Promise<readonly GluePartition[]> {
  const { DatabaseName, Name } = table;
  const tuples = catalog.partitionValues(DatabaseName, Name);
  if (tuples.length === 0) return [];
  const values = valuesOf(tuples, keys.length);
  const columns = values.map((list, k) => `${unnestValues(list, k + 1)} AS v${k}`);
  const cells = keys.map(({ name, type }, k) => `${partitionValue(`v${k}`, type)} AS ${quoteName(name)}`);
  const sql =
    `SELECT i FROM (SELECT i, ${cells.join(', ')} FROM (SELECT ${columns.join(', ')}, ` +
    `unnest(range(${tuples.length})) AS i)) WHERE ${filter} ORDER BY i`;
  try {
    const reader = await connection.read(
      sql,
      values.map((list) => list.text),
    );
    const kept = (reader.getColumns()[0] ?? []).map((i) => catalog.partition(DatabaseName, Name, tuples[Number(i)]!));
    // What was dropped meanwhile is gone, as for whoever asks a moment later.
    return kept.filter((partition) => partition !== undefined);
  } catch (error) {
    throw badPartitionValue(table, error);
  }
}

const lists = new WeakMap<readonly (readonly string[])[], readonly ValueList[]>();

/** The values of each key. Kept with the catalog's list, of which there is a new one after each change. */
function valuesOf(tuples: readonly (readonly string[])[], keys: number): readonly ValueList[] {
  const known = lists.get(tuples);
  if (known?.length === keys) return known;
  const made = Array.from({ length: keys }, (_, k) => listValues(tuples.map((values) => values[k] ?? '')));
  lists.set(tuples, made);
  return made;
}

function projectedPartition(table: GlueTable, keys: readonly DataColumn[], values: readonly string[]): ScanPartition {
  const location = templateLocation(table, keys, values) ?? defaultLocation(table, keys, values);
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
