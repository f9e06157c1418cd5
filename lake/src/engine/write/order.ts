import { findEverywhere } from '../../sql/analyze/walk.ts';
import type { Expression, Query, SelectItem, SortItem } from '../../sql/ast.ts';

/** A query without its ORDER BY, and that order by the numbers of its output columns. */
export interface SplitOrder {
  readonly query: Query;
  readonly order: readonly { readonly column: number; readonly descending: boolean; readonly nullsFirst: boolean }[];
}

/**
 * Takes the ORDER BY off a query where it names output columns alone: a file for each partition is then sorted on its
 * own, which costs far less than sorting everything first. Undefined where the order must stay in the query. `names` are
 * those that the query gives, lower case.
 */
export function splitOrder(query: Query, names: readonly (string | undefined)[]): SplitOrder | undefined {
  if (query.limit !== undefined || query.offset !== undefined || query.withTies !== undefined) return undefined;
  const order = query.orderBy.map((item) => outputOf(item, query, names));
  if (order.includes(undefined)) return undefined;
  return {
    query: { ...query, orderBy: [] },
    order: query.orderBy.map(({ descending, nullsFirst }, i) => ({ column: order[i]!, descending, nullsFirst })),
  };
}

function outputOf({ key }: SortItem, query: Query, names: readonly (string | undefined)[]): number | undefined {
  if (key.kind === 'integer') return inRange(Number(key.text) - 1, names);
  if (key.kind === 'identifier') return inRange(names.indexOf(key.name.toLowerCase()), names);
  const items = query.body.kind === 'select' ? query.body.items : [];
  if (items.some((item) => item.kind === 'all')) return undefined;
  // Names in it mean the query's own columns first, so what looks like a selected expression may be another.
  if (findEverywhere(key, isIdentifier).some(({ name }) => names.includes(name.toLowerCase()))) return undefined;
  return inRange(
    items.findIndex((item) => isSame(item, key)),
    names,
  );
}

function isIdentifier(node: Expression): node is Extract<Expression, { kind: 'identifier' }> {
  return node.kind === 'identifier';
}

function inRange(index: number, names: readonly unknown[]): number | undefined {
  return index >= 0 && index < names.length ? index : undefined;
}

function isSame(item: SelectItem, key: Expression): boolean {
  return item.kind === 'expression' && withoutPlaces(item.value) === withoutPlaces(key);
}

function withoutPlaces(expression: Expression): string {
  return JSON.stringify(expression, (name, value) => (name === 'at' ? undefined : value));
}

/** ORDER BY over the columns c0, c1, ...; what comes behind `columns` is a partition's key, which all rows of a file share. */
export function orderSql(order: SplitOrder['order'], columns: number): string | undefined {
  const within = order.filter(({ column }) => column < columns);
  if (within.length === 0) return undefined;
  return within
    .map(({ column, descending, nullsFirst }) => {
      return `c${column} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
    })
    .join(', ');
}
