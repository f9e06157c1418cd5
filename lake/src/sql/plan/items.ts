import type { Context, Typed } from '../analyze/context.ts';
import { analyze } from '../analyze/expressions.ts';
import { refuse } from '../analyze/refuse.ts';
import { type Field, nameParts, resolve, resolvePrefix, type Scope, shown } from '../analyze/scope.ts';
import type { Expression, Select } from '../ast.ts';
import { displayType, fieldKeys, quoteText } from '../types/index.ts';

/** One output column before it is typed: an expression, or a column that a star stands for. */
export type Item = { readonly name: string | undefined } & (
  | { readonly kind: 'expression'; readonly node: Expression }
  | { readonly kind: 'field'; readonly field: Field }
  | { readonly kind: 'member'; readonly row: Expression; readonly index: number }
);

/** The select list with its stars written out. */
export function expand(select: Select, scope: Scope, context: Context): Item[] {
  return select.items.flatMap((item): Item[] => {
    if (item.kind === 'expression') {
      return [{ kind: 'expression', name: item.alias?.name ?? nameOf(item.value), node: item.value }];
    }
    if (!item.target) {
      if (!select.from)
        throw refuse('COLUMN_NOT_FOUND', item.at, 'SELECT * not allowed in queries without FROM clause');
      return visible(scope.fields);
    }
    const items = starOf(item.target, scope, context);
    if (item.aliases.length === 0) return items;
    if (item.aliases.length !== items.length) {
      const message = `Column alias list has ${item.aliases.length} entries but relation has ${items.length} columns`;
      throw refuse('MISMATCHED_COLUMN_ALIASES', item.at, message);
    }
    return items.map((each, index) => ({ ...each, name: item.aliases[index]!.name }));
  });
}

/** The name that Trino gives a column without alias. */
function nameOf(node: Expression): string | undefined {
  if (node.kind === 'identifier') return node.name;
  return node.kind === 'dereference' && nameParts(node) ? node.field.name : undefined;
}

function visible(fields: readonly Field[]): Item[] {
  return fields.filter((each) => !each.hidden).map((each) => ({ kind: 'field', name: each.name, field: each }));
}

function starOf(target: Expression, scope: Scope, context: Context): Item[] {
  const parts = nameParts(target);
  if (parts) {
    const wanted = parts.map((part) => part.name.toLowerCase());
    const ends = (each: Field) =>
      each.qualifier.length >= wanted.length &&
      wanted.every((part, index) => each.qualifier[each.qualifier.length - wanted.length + index] === part);
    for (let current: Scope | undefined = scope; current; current = current.parent) {
      const found = current.fields.filter(ends);
      if (found.length > 0) return visible(found);
    }
    const known = resolve(scope, parts, target.at) ?? resolvePrefix(scope, parts, target.at);
    if (!known) throw refuse('TABLE_NOT_FOUND', target.at, `Unable to resolve reference ${shown(parts)}`);
  }
  const row = analyze(target, context);
  if (row.type.kind !== 'row') {
    if (parts) throw refuse('TABLE_NOT_FOUND', target.at, `Unable to resolve reference ${shown(parts)}`);
    throw refuse('TYPE_MISMATCH', target.at, `expected expression of type Row, but got type ${displayType(row.type)}`);
  }
  return row.type.fields.map((each, index) => ({ kind: 'member', name: each.name, row: target, index }));
}

/** Types one item. */
export function itemValue(item: Item, context: Context): Typed {
  if (item.kind === 'expression') return analyze(item.node, context);
  if (item.kind === 'field') {
    const { field } = item;
    if (context.scope.translate) return context.scope.translate(field, { line: 0, column: 0 });
    context.state.recorder.uses.add(field);
    return { sql: context.rename?.(field) ?? field.sql, type: field.type };
  }
  const row = analyze(item.row, context);
  if (row.type.kind !== 'row') throw refuse('TYPE_MISMATCH', item.row.at, 'expected expression of type Row');
  const { type } = row.type.fields[item.index]!;
  return { sql: `struct_extract(${row.sql}, ${quoteText(fieldKeys(row.type)[item.index]!)})`, type };
}

/** The column that an item passes on unchanged. */
export function plainField(item: Item, scope: Scope): Field | undefined {
  if (item.kind === 'field') return item.field;
  if (item.kind === 'member') return undefined;
  const parts = nameParts(item.node);
  const resolved = parts && resolve(scope, parts, item.node.at);
  return resolved?.scope === scope ? resolved.field : undefined;
}
