import type { GlueStorageDescriptor } from '../../catalog/catalog.ts';
import { failure, notImplemented } from '../failure.ts';
import { lazySimpleGroups, openCsvGroups } from './csv.ts';
import { jsonGroups } from './json.ts';
import { parquetGroups } from './parquet.ts';
import { refuseOtherFiles } from './serde.ts';
import type { FileGroup, FormatRequest, FormatServices, GroupFiles } from './source.ts';

/** SerDe classes by the last part of their names. */
const FORMATS: Readonly<Record<string, GroupFiles>> = {
  ParquetHiveSerDe: parquetGroups,
  LazySimpleSerDe: lazySimpleGroups,
  OpenCSVSerde: openCsvGroups,
  // org.openx.data.jsonserde, org.apache.hive.hcatalog.data and org.apache.hadoop.hive.serde2.
  JsonSerDe: jsonGroups,
};

/** How the files of one storage descriptor are read. */
export async function fileGroups(request: FormatRequest, services: FormatServices): Promise<FileGroup[]> {
  const library = serdeOf(request.descriptor);
  const build = FORMATS[library.split('.').at(-1) ?? ''];
  if (library === '')
    throw failure('HIVE_INVALID_METADATA', `Table descriptor is missing SerDe info: ${request.table}`);
  if (build === undefined) throw notImplemented(`reading tables of ${library}`);
  refuseOtherFiles(request.descriptor);
  return build(request, services);
}

/** Whether files of the descriptor's format tell their columns by name. */
export function isByName(descriptor: GlueStorageDescriptor): boolean {
  return /\.(ParquetHiveSerDe|JsonSerDe)$/.test(serdeOf(descriptor));
}

export function serdeOf(descriptor: GlueStorageDescriptor): string {
  return descriptor.SerdeInfo?.SerializationLibrary ?? '';
}
