import type { GlueColumn, GlueDatabase, GlueTable } from '../catalog/catalog.ts';
import { type AthenaCall, metadataError } from './operation.ts';

export const DATA_CATALOG = 'AwsDataCatalog';

/** The lake has the one catalog that every account has. */
export function requireDataCatalog(name: string, refuse: (message: string) => Error): void {
  if (name.toLowerCase() !== DATA_CATALOG.toLowerCase()) throw refuse(`DataCatalog ${name} was not found`);
}

export function databaseNamed(call: AthenaCall, catalog: string, name: string): GlueDatabase {
  requireDataCatalog(catalog, metadataError);
  const database = call.catalog.database(name);
  if (!database) throw metadataError(`Database ${name} not found`);
  return database;
}

export function shownDatabase({ Name, Description, Parameters }: GlueDatabase) {
  return { Name, ...(Description ? { Description } : {}), ...(Parameters ? { Parameters } : {}) };
}

export function tableMetadata(table: GlueTable) {
  const { StorageDescriptor: descriptor } = table;
  const places: Record<string, string | undefined> = {
    location: descriptor?.Location,
    inputformat: descriptor?.InputFormat,
    outputformat: descriptor?.OutputFormat,
    'serde.serialization.lib': descriptor?.SerdeInfo?.SerializationLibrary,
  };
  const serde = Object.entries(descriptor?.SerdeInfo?.Parameters ?? {}).map(([key, value]) => [
    `serde.param.${key}`,
    value,
  ]);
  const known = Object.entries(places).filter(([, value]) => value !== undefined && value !== '');
  return {
    Name: table.Name,
    CreateTime: table.CreateTime,
    LastAccessTime: table.LastAccessTime ?? 0,
    TableType: table.TableType ?? '',
    Columns: (descriptor?.Columns ?? []).map(shownColumn),
    PartitionKeys: (table.PartitionKeys ?? []).map(shownColumn),
    Parameters: Object.fromEntries([...Object.entries(table.Parameters ?? {}), ...known, ...serde]),
  };
}

function shownColumn({ Name, Type, Comment }: GlueColumn) {
  return { Name, ...(Type === undefined ? {} : { Type }), ...(Comment === undefined ? {} : { Comment }) };
}
