import type { Context, Typed } from '../analyze/context.ts';
import { analyze } from '../analyze/expressions.ts';
import { refuse } from '../analyze/refuse.ts';
import { field, type Scope } from '../analyze/scope.ts';
import { checkOrderable, comparisonKey, isConstant, sortText } from '../analyze/sort.ts';
import { alias, type Planned, type State } from '../analyze/state.ts';
import type { SortItem } from '../ast.ts';
import type { Place } from './place.ts';
import type { Tail } from './query.ts';
import type { Block } from './shape.ts';

/** `ORDER BY 2`: the output column, counted from 0. */
export function ordinal(item: SortItem, width: number): number | undefined {
  if (item.key.kind !== 'integer') return undefined;
  const position = Number(item.key.text);
  if (position < 1 || position > width) {
    throw refuse('INVALID_COLUMN_REFERENCE', item.key.at, `ORDER BY position ${position} is not in select list`);
  }
  return position - 1;
}

export interface SortKey {
  readonly value: Typed;
  readonly item: SortItem;
}

/** The place that Trino names for a key that can't be ordered: of the query where it is a column's position or name. */
export function sortTexts(keys: readonly SortKey[], at: SortItem['at'] | undefined): string {
  return keys
    .flatMap(({ value, item }) => {
      checkOrderable(value.type, item, at);
      return isConstant(item.key) ? [] : [sortText(comparisonKey(value), item)];
    })
    .join(', ');
}

/** ORDER BY, LIMIT and their like around a query whose body is no SELECT. */
export function orderedBody(planned: Planned, tail: Tail, place: Place): Planned {
  const name = alias(place.state, 't');
  const outputs = planned.columns.map((column, index) =>
    field({
      name: column.name,
      qualifier: [],
      type: column.type,
      sql: `${name}.c${index}`,
      hidden: false,
      home: undefined,
    }),
  );
  const scope: Scope = { fields: outputs, parent: place.parent };
  const context: Context = { state: place.state, scope, names: place.names, variables: [] };
  const keys = tail.orderBy.map((item): SortKey => {
    const position = ordinal(item, outputs.length);
    const output = position === undefined ? undefined : outputs[position];
    return { value: output ?? analyze(item.key, context), item };
  });
  const list = outputs.map((output, index) => `${output.sql} AS c${index}`).join(', ');
  const sql = limited(
    `SELECT ${list}`,
    `FROM (${planned.sql}) AS ${name}`,
    sortTexts(keys, undefined),
    tail,
    place.state,
    outputs.length,
  );
  return { ...planned, sql, block: tail.limit || tail.offset ? stopped(planned.block) : planned.block };
}

/** A block behind which no condition of the outside may go. */
export function stopped(block: Block): Block {
  return block.kind === 'set' ? { ...block, passes: false } : { ...block, passes: [] };
}

/** The end of a query: order, offset, limit; FETCH ... WITH TIES by rank. */
export function limited(select: string, rest: string, order: string, tail: Tail, state: State, width: number): string {
  // Without an order all rows tie.
  if (tail.ties && order === '')
    return limited(select, rest, order, { ...tail, ties: false, limit: undefined }, state, width);
  const ordered = order === '' || !tail.ordered ? '' : ` ORDER BY ${order}`;
  const offset = tail.offset === undefined ? '' : ` OFFSET ${tail.offset}`;
  if (!tail.ties || tail.limit === undefined) {
    return `${select} ${rest}${ordered}${tail.limit === undefined ? '' : ` LIMIT ${tail.limit}`}${offset}`;
  }
  const columns = Array.from({ length: width }, (_, index) => `c${index}`).join(', ');
  const [ranked, kept] = [alias(state, 't'), alias(state, 't')];
  const numbered = `${select}, rank() OVER (ORDER BY ${order}) AS r, row_number() OVER (ORDER BY ${order}) AS n ${rest}`;
  if (tail.offset === undefined)
    return `SELECT ${columns} FROM (${numbered}) AS ${ranked} WHERE r <= ${tail.limit} ORDER BY n`;
  // Ties count from what the offset left: those of the last row that is within the limit.
  const after = `SELECT * FROM (${numbered}) AS ${ranked} WHERE n > ${tail.offset}`;
  const last = `SELECT max(r) FROM (${after}) AS k WHERE n <= ${tail.offset} + ${tail.limit}`;
  return `SELECT ${columns} FROM (${after}) AS ${kept} WHERE r <= (${last}) ORDER BY n`;
}
