import type { GlueStorageDescriptor } from '../../catalog/catalog.ts';
import { failure, notImplemented } from '../failure.ts';
import { lazySimpleGroups, openCsvGroups } from './csv.ts';
import { jsonGroups } from './json.ts';
import { parquetGroups } from './parquet.ts';
import { refuseOtherFiles } from './serde.ts';
import type { FileGroup, FormatRequest, FormatServices, GroupFiles } from './source.ts';

interface Format {
  readonly groups: GroupFiles;
  /** Whether its files tell their columns by name; else they go by position. */
  readonly byName: boolean;
}

/** SerDe classes by the last part of their names. */
const FORMATS: Readonly<Record<string, Format>> = {
  ParquetHiveSerDe: { groups: parquetGroups, byName: true },
  LazySimpleSerDe: { groups: lazySimpleGroups, byName: false },
  OpenCSVSerde: { groups: openCsvGroups, byName: false },
  // org.openx.data.jsonserde, org.apache.hive.hcatalog.data and org.apache.hadoop.hive.serde2.
  JsonSerDe: { groups: jsonGroups, byName: true },
};

/** How the files of one storage descriptor are read. */
export async function fileGroups(request: FormatRequest, services: FormatServices): Promise<FileGroup[]> {
  const library = serdeOf(request.descriptor);
  const format = formatOf(request.descriptor);
  if (library === '')
    throw failure('HIVE_INVALID_METADATA', `Table descriptor is missing SerDe info: ${request.table}`);
  if (format === undefined) throw notImplemented(`reading tables of ${library}`);
  refuseOtherFiles(request.descriptor);
  return format.groups(request, services);
}

/** Whether files of the descriptor's format tell their columns by name. */
export function isByName(descriptor: GlueStorageDescriptor): boolean {
  return formatOf(descriptor)?.byName ?? false;
}

function formatOf(descriptor: GlueStorageDescriptor): Format | undefined {
  const name = serdeOf(descriptor).split('.').at(-1) ?? '';
  return Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
}

export function serdeOf(descriptor: GlueStorageDescriptor): string {
  return descriptor.SerdeInfo?.SerializationLibrary ?? '';
}
