import type { Change } from '../change/change.ts';
import type { ColumnState } from '../normalize/state.ts';
import { type Files, typeChange } from './type-change.ts';

export interface ColumnFiles extends Files {
  /** CSV and ORC are read by position, Parquet, Avro and JSON by name: what shifts columns shifts values. */
  readonly byPosition: boolean;
}

const SHIFTS = 'columns are read by position: those behind it would get the values of others';

/** Changes of a table's columns, by name. */
export function diffColumns(
  object: string,
  before: readonly ColumnState[],
  after: readonly ColumnState[],
  files: ColumnFiles,
): readonly Change[] {
  const old = new Map(before.map((column) => [column.name, column]));
  const wanted = new Map(after.map((column) => [column.name, column]));
  return [
    ...before.filter((column) => !wanted.has(column.name)).map((column) => dropped(object, column)),
    ...after.flatMap((column, at) => {
      const was = old.get(column.name);
      if (was === undefined) return [added(object, after, at, old, files)];
      return [...typeChanges(object, was, column, files), ...diffComment(object, was, column)];
    }),
    ...reordered(object, before, after, files),
  ];
}

function dropped(object: string, { name, type }: ColumnState): Change {
  return {
    object,
    kind: 'drop_column',
    column: name,
    type,
    risk: 'destructive',
    reason: 'readers lose the column; the files keep its values',
  };
}

function added(
  object: string,
  after: readonly ColumnState[],
  at: number,
  old: ReadonlyMap<string, ColumnState>,
  files: ColumnFiles,
): Change {
  const { name, type } = after[at]!;
  const inside = after.slice(at + 1).some((column) => old.has(column.name));
  const shifts = inside && files.byPosition;
  return {
    object,
    kind: 'add_column',
    column: name,
    type,
    ...(inside && at > 0 ? { after: after[at - 1]!.name } : {}),
    risk: shifts ? 'destructive' : 'safe',
    reason: shifts ? SHIFTS : 'it is NULL in files that were written without it',
  };
}

function typeChanges(object: string, was: ColumnState, now: ColumnState, files: Files): readonly Change[] {
  if (was.type === now.type) return [];
  const { risk, reason } = typeChange(was.type, now.type, files);
  return [{ object, kind: 'change_column_type', column: now.name, from: was.type, to: now.type, risk, reason }];
}

/** A change of a column's description, of tables and views alike. */
export function diffComment(object: string, was: ColumnState, now: ColumnState): readonly Change[] {
  if (was.comment === now.comment) return [];
  return [
    {
      object,
      kind: 'change_column_description',
      column: now.name,
      from: was.comment,
      to: now.comment,
      risk: 'safe',
      reason: 'a description only',
    },
  ];
}

function reordered(
  object: string,
  before: readonly ColumnState[],
  after: readonly ColumnState[],
  files: ColumnFiles,
): readonly Change[] {
  const kept = (list: readonly ColumnState[], other: readonly ColumnState[]): readonly string[] =>
    list.map((column) => column.name).filter((name) => other.some((each) => each.name === name));
  const from = kept(before, after);
  const to = kept(after, before);
  if (from.join() === to.join()) return [];
  return [
    {
      object,
      kind: 'reorder_columns',
      from,
      to,
      risk: files.byPosition ? 'destructive' : 'safe',
      reason: files.byPosition ? SHIFTS : 'files are read by column name',
    },
  ];
}
