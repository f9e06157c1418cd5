import type { Allowance, SavedQuery, ViewDefinition } from '../model/definition.ts';
import type { SourceFile } from './source.ts';
import { readColumns } from './table.ts';
import { child, itemsOf, type Tree, textOf } from './tree.ts';

/** The model of a view.yaml with its view.sql (empty text where that is missing). */
export function readView(tree: Tree, names: { database: string; name: string }, sql: SourceFile): ViewDefinition {
  return {
    kind: 'view',
    place: tree.place,
    database: names.database,
    name: names.name,
    description: textOf(child(tree, 'description')) ?? '',
    owner: textOf(child(tree, 'owner')) ?? '',
    columns: readColumns(child(tree, 'columns'), (type) => type.toLowerCase()),
    sql: sql.text,
    sqlPlace: { path: sql.path, line: 1, column: 1 },
  };
}

/** The entries of allow.yaml that are whole. */
export function readAllowances(tree: Tree): readonly Allowance[] {
  return itemsOf(tree).flatMap((item) => {
    const [object, change, reason, expires] = ['object', 'change', 'reason', 'expires'].map((key) =>
      textOf(child(item, key)),
    );
    if (object === undefined || change === undefined || reason === undefined || expires === undefined) return [];
    return [{ object, change, reason, expires, place: item.place }];
  });
}

/** A saved query: its first line is a comment that says what it answers. */
export function readQuery(file: SourceFile): SavedQuery {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1, -'.sql'.length);
  const description = /^--\s*(.*)/.exec(file.text)?.[1]?.trim() ?? '';
  return { name, description, sql: file.text, place: { path: file.path, line: 1, column: 1 } };
}
