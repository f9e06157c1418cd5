import { aggregateCall } from '../analyze/calls.ts';
import { type Context, INTEGER, type Typed } from '../analyze/context.ts';
import { analyze } from '../analyze/expressions.ts';
import { refuse } from '../analyze/refuse.ts';
import { type Field, nameParts, resolve, type Scope } from '../analyze/scope.ts';
import { comparisonKey } from '../analyze/sort.ts';
import { alias } from '../analyze/state.ts';
import { findEverywhere, functionName, isAggregate, keyOf } from '../analyze/walk.ts';
import type { Expression, FunctionCall, GroupingElement, Of, Select } from '../ast.ts';
import { showExpression } from '../format.ts';
import { functionKinds } from '../functions/registry.ts';
import { comparable, displayType } from '../types/index.ts';
import { refuseGroupOperations, refuseManySets } from './grouping-checks.ts';
import type { Item } from './items.ts';

interface Key {
  readonly key: string;
  readonly node: Expression;
  readonly value: Typed;
  /** The column itself, where the key is one. */
  readonly field: Field | undefined;
}

export interface Grouped {
  /** FROM ... of the rows that the rest of the query works on. */
  readonly from: string;
  readonly context: Context;
  /** The field below a key, where a condition on the key may be asked before grouping. */
  below(item: Item): Field | undefined;
}

/** A column outside of GROUP BY, before the whole expression for the message is known. */
export class NotGrouped extends Error {
  readonly field: Field;
  constructor(field: Field) {
    super('not grouped');
    this.field = field;
  }
}

/** Whether a query computes one row a group. */
export function isGrouped(select: Select, expressions: readonly Expression[]): boolean {
  return (
    select.groupBy !== undefined ||
    select.having !== undefined ||
    expressions.some((node) => findEverywhere(node, isAggregate).length > 0)
  );
}

function isGroupingCall(node: Expression): node is Of<'grouping'> {
  return node.kind === 'grouping';
}

/** Plans GROUP BY: a query below computes keys and aggregates, the rest of the statement reads its columns. */
export function group(
  select: Select,
  items: readonly Item[],
  expressions: readonly Expression[],
  rows: string,
  context: Context,
): Grouped {
  for (const node of expressions) refuseUnknownFunctions(node);
  const name = alias(context.state, 'g');
  if (select.groupBy) refuseManySets(select.groupBy);
  const { keys, sets } = groupingSets(select, items, context);
  const position = new Map(keys.map((each, index) => [each.key, index]));
  const columns = keys.map((each, index) => `${sets.length === 1 ? keyValue(each) : each.value.sql} AS g${index}`);
  const found = new Map<string, Typed>();
  const aggregates = expressions.flatMap((node) => findEverywhere(node, isAggregate));
  for (const node of uniqueBy(aggregates, (each) => keyOf(each, context.scope))) {
    const value = aggregateCall(node as FunctionCall, context);
    columns.push(`${value.sql} AS a${found.size}`);
    found.set(keyOf(node, context.scope), { sql: `${name}.a${found.size}`, type: value.type });
  }
  const groupings = expressions.flatMap((node) => findEverywhere(node, isGroupingCall));
  for (const node of uniqueBy(groupings, (each) => keyOf(each, context.scope))) {
    const key = keyOf(node, context.scope);
    columns.push(`${groupingText(node, keys, position, select, context)} AS a${found.size}`);
    found.set(key, { sql: `${name}.a${found.size}`, type: INTEGER });
  }
  for (const [index, each] of keys.entries()) found.set(each.key, { sql: `${name}.g${index}`, type: each.value.type });
  if (columns.length === 0) columns.push('1 AS one');
  const text = `SELECT ${columns.join(', ')} ${rows}${groupText(keys, sets)}`;
  const single = sets.length === 1;
  return {
    from: `FROM (${text}) AS ${name}`,
    context: groupedContext(context, found),
    below: (item) => (single ? belowKey(item, keys, position, context.scope) : undefined),
  };
}

/** A key that is compared by less than it shows (a moment without its zone) is shown as it is in one of the rows. */
function keyValue(key: Key): string {
  const { sql } = key.value;
  return comparisonKey(key.value) === sql ? sql : `any_value(${sql})`;
}

function belowKey(
  item: Item,
  keys: readonly Key[],
  position: ReadonlyMap<string, number>,
  scope: Scope,
): Field | undefined {
  if (item.kind === 'member') return undefined;
  const key = item.kind === 'field' ? `#${item.field.id}` : keyOf(item.node, scope);
  const index = position.get(key);
  return index === undefined ? undefined : keys[index]!.field;
}

function uniqueBy<T>(values: readonly T[], key: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [key(value), value])).values()];
}

function groupedContext(context: Context, found: ReadonlyMap<string, Typed>): Context {
  const scope: Scope = {
    fields: context.scope.fields,
    parent: context.scope.parent,
    translate: (field) => {
      const value = found.get(`#${field.id}`);
      if (!value) throw new NotGrouped(field);
      return value;
    },
  };
  const replace = (node: Expression) => {
    if (node.kind === 'string' || node.kind === 'null') return undefined;
    return found.get(keyOf(node, scope));
  };
  return { ...context, scope, replace };
}

/** Analyses an expression of a grouped query; a column that is not grouped is told with the whole expression. */
export function grouped<T>(node: Expression | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof NotGrouped)) throw error;
    if (node) {
      const message = `'${showExpression(node)}' must be an aggregate expression or appear in GROUP BY clause`;
      throw refuse('EXPRESSION_NOT_AGGREGATE', node.at, message);
    }
    const { field } = error;
    const table = field.qualifier.at(-1);
    const column = table === undefined ? field.name : `${table}.${field.name}`;
    throw refuse('EXPRESSION_NOT_AGGREGATE', undefined, `Column '${column}' not in GROUP BY clause`);
  }
}

/** Trino looks for functions before it looks at groups. */
function refuseUnknownFunctions(node: Expression): void {
  const calls = findEverywhere(node, (each): each is FunctionCall => each.kind === 'call');
  for (const call of calls) {
    const name = functionName(call);
    if (functionKinds(name).size === 0 && name !== 'typeof') {
      throw refuse('FUNCTION_NOT_FOUND', call.at, `Function '${name}' not registered`);
    }
  }
}

interface Sets {
  readonly keys: readonly Key[];
  /** Positions of keys. */
  readonly sets: readonly (readonly number[])[];
}

function groupingSets(select: Select, items: readonly Item[], context: Context): Sets {
  const keys: Key[] = [];
  const position = new Map<string, number>();
  const add = (node: Expression): number => {
    const key = keyOf(node, context.scope);
    const known = position.get(key);
    if (known !== undefined) return known;
    position.set(key, keys.length);
    keys.push(makeKey(key, node, context));
    return keys.length - 1;
  };
  let sets: (readonly number[])[] = [[]];
  for (const element of select.groupBy?.elements ?? []) {
    const own = elementSets(element, items, context).map((set) => set.map(add));
    sets = sets.flatMap((left) => own.map((right) => [...new Set([...left, ...right])]));
  }
  if (select.groupBy?.distinct) sets = uniqueBy(sets, (set) => [...set].sort((a, b) => a - b).join());
  return { keys, sets };
}

function makeKey(key: string, node: Expression, context: Context): Key {
  const value = analyze(node, context);
  if (!comparable(value.type)) {
    throw refuse(
      'TYPE_MISMATCH',
      node.at,
      `${displayType(value.type)} is not comparable, and therefore cannot be used in GROUP BY`,
    );
  }
  const parts = nameParts(node);
  const resolved = parts && resolve(context.scope, parts, node.at);
  return { key, node, value, field: resolved?.scope === context.scope ? resolved.field : undefined };
}

function elementSets(element: GroupingElement, items: readonly Item[], context: Context): (readonly Expression[])[] {
  if (element.kind === 'simple') return [element.terms.map((term) => termOf(term, items))];
  const sets = element.sets.map((set) => set.map((term) => columnOf(termOf(term, items), context)));
  if (element.kind === 'sets') return sets;
  if (element.kind === 'rollup')
    return Array.from({ length: sets.length + 1 }, (_, index) => sets.slice(0, sets.length - index).flat());
  return Array.from({ length: 2 ** sets.length }, (_, mask) =>
    sets.filter((_set, index) => (mask & (2 ** (sets.length - 1 - index))) === 0).flat(),
  );
}

/** A number means the output column at that position. */
function termOf(term: Expression, items: readonly Item[]): Expression {
  if (term.kind !== 'integer') {
    refuseGroupOperations(term, 'GROUP BY');
    return term;
  }
  const position = Number(term.text);
  const item = items[position - 1];
  if (!item) throw refuse('INVALID_COLUMN_REFERENCE', term.at, `GROUP BY position ${position} is not in select list`);
  if (item.kind === 'field') return fieldNode(item.field, term);
  const node = item.kind === 'expression' ? item.node : item.row;
  refuseGroupOperations(node, 'GROUP BY');
  return node;
}

/** The star's column as a name that resolves to it. */
function fieldNode(field: Field, term: Expression): Expression {
  const parts = [...field.qualifier, field.name ?? ''].map((name) => ({
    kind: 'identifier' as const,
    name,
    quoted: true,
    at: term.at,
  }));
  return parts
    .slice(1)
    .reduce<Expression>((base, part) => ({ kind: 'dereference', base, field: part, at: term.at }), parts[0]!);
}

function columnOf(node: Expression, context: Context): Expression {
  const parts = nameParts(node);
  if (!parts || !resolve(context.scope, parts, node.at)) {
    if (parts) analyze(node, context);
    throw refuse(
      'INVALID_COLUMN_REFERENCE',
      node.at,
      `GROUP BY expression must be a column reference: ${showExpression(node)}`,
    );
  }
  return node;
}

function groupText(keys: readonly Key[], sets: readonly (readonly number[])[]): string {
  const texts = keys.map((each) => (sets.length === 1 ? comparisonKey(each.value) : each.value.sql));
  const [only] = sets;
  if (sets.length === 1) return only!.length === 0 ? '' : ` GROUP BY ${only!.map((index) => texts[index]).join(', ')}`;
  return ` GROUP BY GROUPING SETS (${sets.map((set) => `(${set.map((index) => texts[index]).join(', ')})`).join(', ')})`;
}

function groupingText(
  node: Of<'grouping'>,
  keys: readonly Key[],
  position: ReadonlyMap<string, number>,
  select: Select,
  context: Context,
): string {
  if (!select.groupBy) {
    throw refuse(
      'MISSING_GROUP_BY',
      select.at,
      'A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause',
    );
  }
  const columns = node.columns.map((column) => {
    const index = position.get(keyOf(column, context.scope));
    if (index === undefined) {
      const message = `The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level. Mismatch due to ${showExpression(column)}.`;
      throw refuse('INVALID_ARGUMENTS', node.at, message);
    }
    return keys[index]!.value.sql;
  });
  return columns.length === 0 ? 'CAST(0 AS INTEGER)' : `CAST(GROUPING(${columns.join(', ')}) AS INTEGER)`;
}
