import { refuse } from '../analyze/refuse.ts';
import { findAll, isAggregate, isWindow } from '../analyze/walk.ts';
import type { Expression, GroupingElement, Select } from '../ast.ts';
import { showExpression } from '../format.ts';

function isGrouping(node: Expression): node is Expression {
  return isAggregate(node) || isWindow(node) || node.kind === 'grouping';
}

/** WHERE, JOIN, GROUP BY and UNNEST look at single rows. */
export function refuseGroupOperations(node: Expression, clause: string): void {
  const found = findAll(node, isGrouping);
  if (found.length === 0) return;
  const list = found.map(showExpression).join(', ');
  const message = `${clause} clause cannot contain aggregations, window functions or grouping operations: [${list}]`;
  throw refuse('EXPRESSION_NOT_SCALAR', node.at, message);
}

/** Trino's max_grouping_sets. */
const MOST_SETS = 2048;
/** Trino counts in 32 bits. */
const COUNTABLE = 2 ** 31 - 1;

/** Refuses what multiplies to too many grouping sets before they are made. */
export function refuseManySets({ elements, at }: NonNullable<Select['groupBy']>): void {
  let product = 1;
  for (const element of elements) {
    product *= setCount(element);
    if (product <= MOST_SETS) continue;
    const count = product > COUNTABLE ? `more than ${COUNTABLE}` : product;
    const message = `GROUP BY has ${count} grouping sets but can contain at most ${MOST_SETS}`;
    throw refuse('TOO_MANY_GROUPING_SETS', at, message);
  }
}

function setCount(element: GroupingElement): number {
  if (element.kind === 'simple') return 1;
  if (element.kind === 'rollup') return element.sets.length + 1;
  return element.kind === 'cube' ? 2 ** element.sets.length : element.sets.length;
}
