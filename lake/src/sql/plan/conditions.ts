import type { Context } from '../analyze/context.ts';
import { analyze } from '../analyze/expressions.ts';
import type { Field } from '../analyze/scope.ts';
import { using } from '../analyze/state.ts';
import { children, findEverywhere, functionName, holdsQuery } from '../analyze/walk.ts';
import type { Expression } from '../ast.ts';
import type { Condition } from './shape.ts';

const volatile = new Set(['random', 'rand', 'uuid', 'shuffle', 'now']);

function movable(node: Expression): node is Expression {
  return (node.kind === 'call' && volatile.has(functionName(node))) || holdsQuery(node);
}

/** The terms of an AND. */
export function conjuncts(node: Expression | undefined): Expression[] {
  if (!node) return [];
  return node.kind === 'logical' && node.operator === 'AND' ? node.terms.flatMap(conjuncts) : [node];
}

/** The conditions of a clause that could be asked elsewhere too: nearer to the data. */
export function conditionsOf(node: Expression | undefined, context: Context): Condition<Field>[] {
  return conjuncts(node).flatMap((term) => {
    if (findEverywhere(term, movable).length > 0) return [];
    const { uses } = using(context.state, () => analyze(term, context));
    if (uses.size === 0) return [];
    return [
      {
        keys: uses,
        rejectsNull: rejectsNull(term),
        render: (sql: (field: Field) => string) => analyze(term, { ...context, rename: sql }).sql,
      },
    ];
  });
}

const strict = new Set([
  'identifier',
  'dereference',
  'cast',
  'arithmetic',
  'sign',
  'string',
  'integer',
  'decimal',
  'double',
  'typed',
  'interval',
  'boolean',
  'binary',
]);

/** A value that is null where any of its columns is. */
function passesNull(node: Expression): boolean {
  return strict.has(node.kind) && children(node).every(passesNull);
}

function rejectsNull(node: Expression): boolean {
  switch (node.kind) {
    case 'comparison':
    case 'between':
    case 'like':
      return children(node).every(passesNull);
    case 'in-list':
      return passesNull(node.value) && node.list.every(passesNull);
    default:
      return false;
  }
}
