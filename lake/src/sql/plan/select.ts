import type { Context, Typed } from '../analyze/context.ts';
import { analyze, condition } from '../analyze/expressions.ts';
import { refuse } from '../analyze/refuse.ts';
import { type Field, field, nameParts, resolve, type Scope } from '../analyze/scope.ts';
import { checkOrderable, comparisonKey, isConstant, sortText } from '../analyze/sort.ts';
import { type Planned, using } from '../analyze/state.ts';
import { findAll, findEverywhere, isWindow, keyOf } from '../analyze/walk.ts';
import type { Expression, Select, SortItem } from '../ast.ts';
import { comparable, displayType } from '../types/index.ts';
import { conditionsOf } from './conditions.ts';
import { group, grouped, isGrouped } from './grouping.ts';
import { refuseGroupOperations } from './grouping-checks.ts';
import { expand, type Item, itemValue, plainField } from './items.ts';
import { limited, ordinal } from './order.ts';
import type { Place } from './place.ts';
import type { Tail } from './query.ts';
import { planRelation } from './relation.ts';
import type { Block } from './shape.ts';

interface Output {
  readonly item: Item;
  readonly value: Typed;
  readonly uses: ReadonlySet<Field>;
}

/** Plans one SELECT with its order and limit. */
export function planSelect(select: Select, tail: Tail, place: Place): Planned {
  const { state } = place;
  const from = using(state, () => (select.from ? planRelation(select.from, place, undefined) : undefined));
  const scope: Scope = { fields: from.result?.fields ?? [], parent: place.parent };
  const context: Context = { state, scope, names: place.names, variables: [], windows: select.windows };
  const where = using(state, () => whereText(select.where, context));
  const items = using(state, () => expand(select, scope, context)).result;
  const expressions = [
    ...items.flatMap((item) => (item.kind === 'expression' ? [item.node] : item.kind === 'member' ? [item.row] : [])),
    ...(select.having ? [select.having] : []),
    ...tail.orderBy.map((item) => aliased(item, items)),
  ];
  const rows = `${from.result ? `FROM ${from.result.sql}` : ''}${where.result}`;
  const byGroup = isGrouped(select, expressions);
  const groups = using(state, () => (byGroup ? group(select, items, expressions, rows, context) : undefined));
  const inner = groups.result?.context ?? context;
  const outputs = items.map((item): Output => {
    const node = item.kind === 'expression' ? item.node : undefined;
    const { result, uses } = using(state, () => grouped(node, () => itemValue(item, inner)));
    return { item, value: result, uses };
  });
  const having = using(state, () => havingText(select.having, inner));
  if (select.distinct) checkDistinct(outputs, select);
  const order = using(state, () => orderTexts(select, tail, outputs, inner));
  const list = outputs.map((output, index) => `${output.value.sql} AS c${index}`).join(', ');
  const base = groups.result ? `${groups.result.from}${having.result}` : rows;
  const sql = limited(
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${list}`,
    base,
    order.result,
    tail,
    state,
    outputs.length,
  );
  const always = [from, where, groups, having, order].flatMap((part) => [...part.uses]);
  const block: Block = {
    kind: 'select',
    tree: from.result?.tree,
    where: conditionsOf(select.where, context),
    uses: outputs.map((output) => output.uses),
    always: new Set(select.distinct ? [...always, ...outputs.flatMap((output) => [...output.uses])] : always),
    passes: passing(select, tail, outputs, expressions, groups.result, scope),
    needed: new Set(),
  };
  return { sql, columns: outputs.map(({ item, value }) => ({ name: item.name, type: value.type })), block };
}

function whereText(where: Expression | undefined, context: Context): string {
  if (!where) return '';
  refuseGroupOperations(where, 'WHERE');
  return ` WHERE ${condition(where, context, (type) => `WHERE clause must evaluate to a boolean: actual type ${type}`)}`;
}

function havingText(having: Expression | undefined, context: Context): string {
  if (!having) return '';
  const window = findAll(having, isWindow)[0];
  if (window) {
    throw refuse('NESTED_WINDOW', window.at, 'HAVING clause cannot contain window functions or row pattern measures');
  }
  const text = grouped(having, () =>
    condition(having, context, (type) => `HAVING clause must evaluate to a boolean: actual type ${type}`),
  );
  return ` WHERE ${text}`;
}

function checkDistinct(outputs: readonly Output[], select: Select): void {
  const wrong = outputs.find((output) => !comparable(output.value.type));
  if (!wrong) return;
  const message = `DISTINCT can only be applied to comparable types (actual: ${displayType(wrong.value.type)})`;
  throw refuse('TYPE_MISMATCH', select.items[0]?.at, message);
}

/** The expression that an ORDER BY entry means: an alias stands for what it names. */
function aliased(item: SortItem, items: readonly Item[]): Expression {
  if (item.key.kind !== 'identifier') return item.key;
  const name = item.key.name.toLowerCase();
  const found = items.find((each) => each.name?.toLowerCase() === name);
  return found?.kind === 'expression' ? found.node : item.key;
}

/** ORDER BY sees the output columns first, then those of FROM. */
function orderTexts(select: Select, tail: Tail, outputs: readonly Output[], context: Context): string {
  const fields = outputs.map((output) =>
    field({
      name: output.item.name,
      qualifier: [],
      type: output.value.type,
      sql: output.value.sql,
      hidden: false,
      home: undefined,
    }),
  );
  const scope: Scope = { fields, parent: context.scope };
  const outer = { ...context, scope };
  const keys = new Map(outputs.map((output, index) => [itemKey(output.item, context.scope), index]));
  const texts = tail.orderBy.flatMap((item) => {
    const index = outputIndex(item, fields, keys, context.scope);
    if (index === undefined && select.distinct) {
      throw refuse(
        'EXPRESSION_NOT_IN_DISTINCT',
        select.at,
        'For SELECT DISTINCT, ORDER BY expressions must appear in select list',
      );
    }
    const value =
      index === undefined ? grouped(item.key, () => orderValue(item, outer, context)) : outputs[index]!.value;
    checkOrderable(value.type, item, select.at);
    const key = comparisonKey(value);
    if (isConstant(item.key)) return [];
    const plain = index !== undefined && key === value.sql && !tail.ties;
    return [sortText(plain ? String(index + 1) : key, item)];
  });
  return texts.join(', ');
}

function orderValue(item: SortItem, outer: Context, context: Context): Typed {
  const replace = context.replace;
  // A name of an output column wins over a group's key of the same name.
  const inner: Context = replace
    ? { ...outer, replace: (node) => (usesOutput(node, outer.scope) ? undefined : replace(node)) }
    : outer;
  return analyze(item.key, inner);
}

function usesOutput(node: Expression, scope: Scope): boolean {
  const parts = nameParts(node);
  if (!parts) return false;
  return resolve(scope, parts, node.at)?.scope === scope;
}

function itemKey(item: Item, scope: Scope): string {
  if (item.kind === 'field') return `#${item.field.id}`;
  return item.kind === 'expression' ? keyOf(item.node, scope) : `member:${keyOf(item.row, scope)}:${item.index}`;
}

function outputIndex(
  item: SortItem,
  fields: readonly Field[],
  keys: ReadonlyMap<string, number>,
  scope: Scope,
): number | undefined {
  const position = ordinal(item, fields.length);
  if (position !== undefined) return position;
  const parts = nameParts(item.key);
  if (parts) {
    const resolved = resolve({ fields, parent: undefined }, parts, item.key.at);
    if (resolved) return fields.indexOf(resolved.field);
  }
  const names = findEverywhere(item.key, (node): node is Expression => nameParts(node) !== undefined);
  // An output name inside hides the column of the same name: then the expression is another one.
  if (
    names.some(
      (node) => usesOutput(node, { fields, parent: undefined }) && !parts && !sameColumn(node, fields, keys, scope),
    )
  )
    return undefined;
  return keys.get(keyOf(item.key, scope));
}

/** Whether a name means the same column as output and as input. */
function sameColumn(
  node: Expression,
  fields: readonly Field[],
  keys: ReadonlyMap<string, number>,
  scope: Scope,
): boolean {
  const parts = nameParts(node)!;
  const output = resolve({ fields, parent: undefined }, parts, node.at);
  return output !== undefined && keys.get(keyOf(node, scope)) === fields.indexOf(output.field);
}

function passing(
  select: Select,
  tail: Tail,
  outputs: readonly Output[],
  expressions: readonly Expression[],
  groups: ReturnType<typeof group> | undefined,
  scope: Scope,
): (Field | undefined)[] {
  const windows = expressions.some((node) => findEverywhere(node, isWindow).length > 0);
  if (windows || tail.limit !== undefined || tail.offset !== undefined) return [];
  if (groups && !select.groupBy) return [];
  return outputs.map(({ item }) => (groups ? groups.below(item) : plainField(item, scope)));
}
