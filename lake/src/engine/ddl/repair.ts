import type { TableName } from '../../hive/statement.ts';
import { semanticFailure } from '../failure.ts';
import { parseLocation, partitionPath, unescapePathName } from '../location.ts';
import { createAll, newPartition } from './partitions.ts';
import { type DdlServices, requireTable } from './place.ts';
import type { Listing } from './show.ts';

/** MSCK REPAIR TABLE: adds the partitions whose `name=value` folders lie below the table's location; drops none. */
export async function repairTable(services: DdlServices, name: TableName): Promise<Listing> {
  const table = requireTable(services, name);
  const keys = (table.PartitionKeys ?? []).map((key) => key.Name);
  if (keys.length === 0) {
    throw semanticFailure(`[Error 10241]: Table ${table.Name} is not a partitioned table`);
  }
  const location = parseLocation(table.StorageDescriptor?.Location ?? '');
  const found = location === undefined ? [] : foldersBelow(services, location, keys);
  const missing = found.filter(
    (values) => services.catalog.partition(table.DatabaseName, table.Name, values) === undefined,
  );
  const inputs = missing.map((values) => newPartition(table, values));
  await createAll(services, table, inputs);
  const paths = missing.map((values) => `${table.Name}:${partitionPath(keys, values)}`);
  const lines = paths.length === 0 ? [] : [`Partitions not in metastore:\t${paths.join('\t')}`];
  return {
    columns: ['result'],
    lines: [...lines, ...paths.map((path) => `Repair: Added partition to metastore ${path}`)],
  };
}

function foldersBelow(
  services: DdlServices,
  location: { readonly bucket: string; readonly prefix: string },
  keys: readonly string[],
): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  for (const { key } of services.objects.list(location.bucket, location.prefix)) {
    const folders = key.slice(location.prefix.length).split('/').slice(0, -1);
    const values = keys.map((name, k) => valueIn(folders[k], name));
    if (values.every((value) => value !== undefined)) found.set(JSON.stringify(values), values);
  }
  return [...found.values()];
}

function valueIn(folder: string | undefined, name: string): string | undefined {
  if (folder === undefined || !folder.startsWith(`${name}=`)) return undefined;
  const value = unescapePathName(folder.slice(name.length + 1));
  return value === '' ? undefined : value;
}
