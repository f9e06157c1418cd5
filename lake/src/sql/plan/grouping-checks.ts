import { refuse } from '../analyze/refuse.ts';
import { findAll, isAggregate, isWindow } from '../analyze/walk.ts';
import type { Expression } from '../ast.ts';
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
