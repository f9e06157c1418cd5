import { serdeParameters } from '../ddl/hive.ts';
import { needsUpdate, partitionColumns, serdeDiffers } from '../diff/partitions.ts';
import { APPLIED, type CatalogPartition, type CatalogTable, INTENT, MANAGED, VIEW_TEXT } from '../model/catalog.ts';
import { viewMark } from '../normalize/actual.ts';
import { DESCRIPTION, OWNER } from '../normalize/properties.ts';
import type { ColumnState, TableState } from '../normalize/state.ts';
import { hiveTypeOf, sameTrinoType } from '../normalize/trino-type.ts';
import { storedView } from '../normalize/view-text.ts';
import type { GlueCall, TableEdit } from './step.ts';

/** The table with an edit made; everything that Weir does not know of stays. */
export function editTable(table: CatalogTable, edit: TableEdit): CatalogTable {
  const { format } = edit;
  const parameters = { ...table.parameters, ...edit.set };
  for (const key of [...edit.unset, INTENT]) delete parameters[key];
  return {
    ...table,
    description: edit.unset.includes('comment') ? undefined : table.description,
    parameters,
    partitionKeys: table.partitionKeys.map((column) => {
      const comment = edit.partitionComments?.[column.name.toLowerCase()];
      return comment === undefined ? column : { ...column, comment: comment === '' ? undefined : comment };
    }),
    storage: {
      ...table.storage,
      ...(edit.columns === undefined ? {} : { columns: edit.columns.map(catalogColumn) }),
      ...(edit.location === undefined ? {} : { location: edit.location }),
      ...(format === undefined
        ? {}
        : {
            inputFormat: format.input,
            outputFormat: format.output,
            serde: { library: format.serde, parameters: serdeParameters(format) },
          }),
    },
  };
}

function catalogColumn({ name, type, comment }: ColumnState): CatalogTable['partitionKeys'][number] {
  return { name, type, comment: comment === '' ? undefined : comment };
}

type MarkView = Extract<GlueCall, { call: 'MarkView' }>;

/** The view with its comments and marks, and the columns that Athena gave other types than the definition says. */
export function markView(
  table: CatalogTable,
  mark: MarkView,
): { readonly table: CatalogTable; readonly mismatches: readonly string[] } {
  const stored = storedView(table.viewOriginalText)?.columns ?? [];
  const mismatches = compareColumns(mark.columns, stored);
  const comments = new Map(mark.columns.map((column) => [column.name, column.comment]));
  const columns = stored.map(({ name, type }) => ({ name, type, comment: comments.get(name) ?? '' }));
  // What Athena stored is recorded where it differs, so that the next plan sees the difference again.
  const said = { sql: mark.sql, columns: mismatches.length === 0 ? mark.columns : columns };
  const parameters: Record<string, string> = {
    ...table.parameters,
    [MANAGED]: 'true',
    [APPLIED]: mark.applied,
    [VIEW_TEXT]: viewMark(table.viewOriginalText ?? '', said),
    [DESCRIPTION]: mark.comment,
    [OWNER]: mark.owner,
  };
  for (const key of [DESCRIPTION, OWNER]) if (parameters[key] === '') delete parameters[key];
  return {
    mismatches,
    table: {
      ...table,
      description: undefined,
      parameters,
      storage: {
        ...table.storage,
        columns: columns.map((column) => catalogColumn({ ...column, type: hiveTypeOf(column.type) })),
      },
    },
  };
}

function compareColumns(
  declared: readonly ColumnState[],
  stored: readonly { readonly name: string; readonly type: string }[],
): readonly string[] {
  const names = (columns: readonly { readonly name: string }[]): string => columns.map(({ name }) => name).join(', ');
  if (names(declared) !== names(stored)) return [`columns are (${names(stored)}), declared are (${names(declared)})`];
  return declared.flatMap(({ name, type }, at) => {
    const actual = stored[at]!.type;
    return sameTrinoType(type, actual) ? [] : [`${name} is ${actual}, declared is ${type}`];
  });
}

type UpdatePartitions = Extract<GlueCall, { call: 'UpdatePartitions' }>;

/** The partitions that do not fit their table, as they should be. */
export function partitionsInStep(
  partitions: readonly CatalogPartition[],
  call: UpdatePartitions,
): readonly CatalogPartition[] {
  const table = { columns: call.columns, format: call.format } as TableState;
  const files = { typed: true, loaded: call.loaded };
  return partitions
    .filter(({ storage }) => needsUpdate(storage.columns, table, files) || serdeDiffers(storage, table, files))
    .map((partition) => {
      const { storage } = partition;
      const serde = serdeDiffers(storage, table, files)
        ? { library: call.format.serde, parameters: serdeParameters(call.format) }
        : storage.serde;
      return { ...partition, storage: { ...storage, serde, columns: partitionColumns(storage.columns, table, files) } };
    });
}
