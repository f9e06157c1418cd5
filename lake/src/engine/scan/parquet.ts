import { displayType, duckdbType, quoteName, quoteText } from '../../sql/types/index.ts';
import { LeadsOutside } from '../../store/inside.ts';
import { failure } from '../failure.ts';
import type { Footer, Footers } from './footer.ts';
import { isCompatible, physicalName, readAs } from './parquet-types.ts';
import { type RowGroup, skippedGroups } from './row-groups.ts';
import type { DataColumn, FileGroup, FormatRequest, FormatServices, ScanFile } from './source.ts';

interface Shape {
  readonly footer: Footer;
  readonly files: ScanFile[];
  readonly rowGroups: RowGroup[];
}

/** Columns go by name, a missing one is NULL, and a footer's type must fit the declared one. */
export async function parquetGroups(request: FormatRequest, services: FormatServices): Promise<FileGroup[]> {
  const groups: FileGroup[] = [];
  for (const { footer, files, rowGroups } of shapesOf(request, services.footers)) {
    const skipped = await skippedGroups(rowGroups, request.rowFilters, request.columns, services.connection);
    const kept = rowGroups.filter((group) => !skipped.has(group));
    groups.push({
      files,
      bytes: kept.reduce((sum, group) => sum + columnBytes(group, request.wanted), 0),
      from: `read_parquet([${files.map((file) => quoteText(file.object.path)).join(', ')}]${options(request, footer)})`,
      column: ({ name, type }: DataColumn) => {
        const column = footer.columns.get(name);
        return column === undefined
          ? `CAST(NULL AS ${duckdbType(type)})`
          : readAs(column, quoteName(column.element.name), type);
      },
    });
  }
  return groups;
}

function shapesOf(request: FormatRequest, footers: Footers): Iterable<Shape> {
  const shapes = new Map<string, Shape>();
  for (const file of request.files) {
    const footer = footerOf(file, footers);
    let shape = shapes.get(footer.shape);
    if (shape === undefined) {
      checkTypes(request, footer, file);
      shape = { footer, files: [], rowGroups: [] };
      shapes.set(footer.shape, shape);
    }
    shape.files.push(file);
    shape.rowGroups.push(...footer.rowGroups);
  }
  return shapes.values();
}

function footerOf(file: ScanFile, footers: Footers): Footer {
  try {
    return footers.of(file.object);
  } catch (error) {
    if (error instanceof LeadsOutside || (error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
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

function columnBytes(group: RowGroup, wanted: ReadonlySet<string>): number {
  let bytes = 0;
  for (const name of wanted) bytes += group.chunks.get(name)?.bytes ?? 0;
  return bytes;
}
