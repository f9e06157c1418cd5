import type { GlueStorageDescriptor } from '../../catalog/catalog.ts';
import { failure, notImplemented } from '../failure.ts';

type Properties = Readonly<Record<string, string>>;

/** Where both say something else of these, Trino refuses the table. */
const SAID_ONCE = [
  'field.delim',
  'escape.delim',
  'serialization.null.format',
  'skip.header.line.count',
  'skip.footer.line.count',
  'separatorChar',
  'quoteChar',
  'escapeChar',
];

/** What a SerDe is told: the properties of its own, and those of the table. */
export function serdeProperties(descriptor: GlueStorageDescriptor, tableParameters: Properties): Properties {
  const own = descriptor.SerdeInfo?.Parameters ?? {};
  for (const name of SAID_ONCE) {
    const [a, b] = [own[name], tableParameters[name]];
    if (a === undefined || b === undefined || a === b) continue;
    const text = `Different values for '${name}' set in serde properties and table properties: '${a}' and '${b}'`;
    throw failure('HIVE_INVALID_METADATA', text);
  }
  return { ...own, ...tableParameters };
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
