import { normalType } from '../define/types.ts';
import type { PartitionShape, PartitionSummary } from '../model/actual.ts';
import type { CatalogColumn } from '../model/catalog.ts';
import { normalFormat } from '../normalize/format.ts';
import type { TableState } from '../normalize/state.ts';
import { type Files, fitsAsItIs, typeChange } from './type-change.ts';

/**
 * Every partition has a column list of its own, and Athena compares it with the table's by position. More columns, fewer
 * columns or a struct with more fields at its end pass; all else is HIVE_PARTITION_SCHEMA_MISMATCH until the partitions
 * follow: https://docs.aws.amazon.com/athena/latest/ug/updates-and-partitions.html
 */
export function partitionsToUpdate(summary: PartitionSummary | undefined, table: TableState, files: Files): number {
  if (summary === undefined) return 0;
  return summary.shapes
    .filter((shape) => needsUpdate(shape.columns, table, files) || serdeDiffers(shape, table, files))
    .reduce((count, shape) => count + shape.count, 0);
}

/** The column list that a partition should have. A column whose files keep another type keeps it here as well. */
export function partitionColumns(
  columns: readonly CatalogColumn[],
  table: TableState,
  files: Files,
): readonly CatalogColumn[] {
  const own = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  return table.columns.map(({ name, type, comment }) => {
    const was = own.get(name);
    const stays = was !== undefined && files.loaded && !typeChange(normalType(was.type), type, files).promotion;
    return { name, type: stays ? was.type : type, comment: comment === '' ? undefined : comment };
  });
}

/** True where a partition with this column list does not fit its table any more. */
export function needsUpdate(columns: readonly CatalogColumn[], table: TableState, files: Files): boolean {
  if (columns.length === 0) return false;
  const target = partitionColumns(columns, table, files);
  return columns.slice(0, target.length).some((column, at) => {
    const wanted = target[at]!;
    return column.name.toLowerCase() !== wanted.name || !fitsAsItIs(normalType(column.type), normalType(wanted.type));
  });
}

/**
 * Loaded partitions keep the format that their files were written in. Others are files that somebody else writes: they
 * are read as the table says.
 */
export function serdeDiffers(shape: Pick<PartitionShape, 'serde'>, table: TableState, files: Files): boolean {
  if (files.loaded || shape.serde.library === undefined) return false;
  const { serde, parameters } = normalFormat({
    input: '',
    output: '',
    serde: shape.serde.library,
    parameters: shape.serde.parameters,
  });
  return (
    serde === table.format.serde &&
    JSON.stringify(sorted(parameters)) !== JSON.stringify(sorted(table.format.parameters))
  );
}

function sorted(record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
