import type { GlueStorageDescriptor } from '../../catalog/catalog.ts';
import { notImplemented } from '../failure.ts';

type Properties = Readonly<Record<string, string>>;

/** What a SerDe is told: the properties of its own, and those of the table, which count more. */
export function serdeProperties(descriptor: GlueStorageDescriptor, tableParameters: Properties): Properties {
  return { ...descriptor.SerdeInfo?.Parameters, ...tableParameters };
}

/** Hive writes the format's number where no delimiter was said, and looks at the first character alone. */
export function fieldDelimiter(properties: Properties): string {
  const said = properties['field.delim'] ?? properties['serialization.format'] ?? '\u0001';
  return /^\d+$/.test(said) ? String.fromCharCode(Number(said)) : said.charAt(0);
}

const FILES = /\.(TextInputFormat|MapredParquetInputFormat|DeprecatedParquetInputFormat)$/;

/** Sequence files, manifests of links and the like have the SerDe of text, but no text in them. */
export function refuseOtherFiles(descriptor: GlueStorageDescriptor): void {
  const named = descriptor.InputFormat ?? '';
  if (named !== '' && !FILES.test(named)) throw notImplemented(`tables of ${named}`);
}
