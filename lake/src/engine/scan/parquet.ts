import { displayType, duckdbType, quoteName, quoteText } from '../../sql/types/index.ts';
import { failure } from '../failure.ts';
import type { Footer, Footers } from './footer.ts';
import { isCompatible, physicalName, readAs } from './parquet-types.ts';
import type { DataColumn, FileGroup, FormatRequest, FormatServices, ScanFile } from './source.ts';

/** Columns go by name, a missing one is NULL, and a footer's type must fit the declared one. */
export function parquetGroups(request: FormatRequest, { footers }: FormatServices): FileGroup[] {
  const shapes = new Map<string, { footer: Footer; files: ScanFile[]; bytes: number }>();
  for (const file of request.files) {
    const footer = footerOf(file, footers);
    const bytes = columnBytes(footer, request.wanted);
    const known = shapes.get(footer.shape);
    if (known === undefined) {
      checkTypes(request, footer, file);
      shapes.set(footer.shape, { footer, files: [file], bytes });
    } else {
      known.files.push(file);
      known.bytes += bytes;
    }
  }
  return [...shapes.values()].map(({ footer, files, bytes }) => ({
    files,
    bytes,
    from: `read_parquet([${files.map((file) => quoteText(file.object.path)).join(', ')}]${options(request, footer)})`,
    column: ({ name, type }: DataColumn) => {
      const column = footer.columns.get(name);
      return column === undefined
        ? `CAST(NULL AS ${duckdbType(type)})`
        : readAs(column, quoteName(column.element.name), type);
    },
  }));
}

function footerOf(file: ScanFile, footers: Footers): Footer {
  try {
    return footers.of(file.object);
  } catch {
    const { bucket, key } = file.object;
    throw failure('HIVE_BAD_DATA', `Not valid Parquet file: s3://${bucket}/${key} expected magic number: PAR1`);
  }
}

function checkTypes(request: FormatRequest, footer: Footer, file: ScanFile): void {
  for (const { name, type } of request.columns) {
    if (!request.wanted.has(name)) continue;
    const column = footer.columns.get(name);
    if (column === undefined || isCompatible(column, type)) continue;
    const { bucket, key } = file.object;
    throw failure(
      'HIVE_BAD_DATA',
      `Field ${name}'s type ${physicalName(column)} in parquet file s3://${bucket}/${key} is incompatible with type ` +
        `${displayType(type)} defined in table schema`,
    );
  }
}

/** Strings that old writers left without an annotation are text where the catalog says so. */
function options(request: FormatRequest, footer: Footer): string {
  const bare = request.columns.some(({ name, type }) => {
    const element = footer.columns.get(name)?.element;
    const text = type.kind === 'varchar' || type.kind === 'char';
    return text && element?.type === 'BYTE_ARRAY' && !element.logical_type && !element.converted_type;
  });
  return bare ? ', binary_as_string = true' : '';
}

function columnBytes(footer: Footer, wanted: ReadonlySet<string>): number {
  let bytes = 0;
  for (const group of footer.rowGroups) {
    for (const name of wanted) bytes += group.chunks.get(name)?.bytes ?? 0;
  }
  return bytes;
}
