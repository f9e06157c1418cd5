import type { Context, Typed } from '../analyze/context.ts';
import { analyze, condition } from '../analyze/expressions.ts';
import { notSupported, refuse } from '../analyze/refuse.ts';
import { type Field, type Scope, shown } from '../analyze/scope.ts';
import { using } from '../analyze/state.ts';
import { findAll, holdsQuery, keyOf } from '../analyze/walk.ts';
import type { Expression } from '../ast.ts';
import { conditionsOf } from './conditions.ts';
import { extended } from './extended.ts';
import { refuseGroupOperations } from './grouping-checks.ts';
import type { Place } from './place.ts';
import type { RelationPlan } from './relation.ts';
import type { Condition } from './shape.ts';

interface Joined {
  readonly left: RelationPlan;
  readonly right: RelationPlan;
  readonly on: string;
  readonly fields: readonly Field[];
  readonly conditions: readonly Condition<Field>[];
}

/** The condition of an outer join: it sees its two sides alone, and DuckDB takes no query in it. */
export function outerJoin(on: Expression, left: RelationPlan, right: RelationPlan, place: Place): Joined {
  refuseGroupOperations(on, 'JOIN');
  const scope: Scope = { fields: [...left.fields, ...right.fields], parent: outerReferences(place.parent) };
  const context: Context = { state: place.state, scope, names: place.names, variables: [] };
  const queries = findAll(on, holdsQuery);
  if (queries.length === 0) return finish(on, left, right, context);
  const sides = { left: extended(left, place), right: extended(right, place) };
  const values = new Map<string, Typed>();
  for (const node of queries) {
    const { result, uses } = using(place.state, () => analyze(node, context));
    const side = [...uses].every((each) => left.fields.includes(each)) ? sides.left : sides.right;
    if (side === sides.right && ![...uses].every((each) => right.fields.includes(each))) {
      throw notSupported('A query over both sides of an outer join in its condition', node.at);
    }
    values.set(keyOf(node, scope), side.add(result));
  }
  const [newLeft, newRight] = [sides.left.plan(), sides.right.plan()];
  const moved = { ...scope, fields: [...newLeft.fields, ...newRight.fields] };
  const replace = (node: Expression) => (holdsQuery(node) ? values.get(keyOf(node, scope)) : undefined);
  return finish(on, newLeft, newRight, { ...context, scope: moved, replace });
}

function finish(on: Expression, left: RelationPlan, right: RelationPlan, context: Context): Joined {
  const text = condition(on, context, (type) => `JOIN ON clause must evaluate to a boolean: actual type ${type}`);
  return { left, right, on: text, fields: context.scope.fields, conditions: conditionsOf(on, context) };
}

/** A scope whose columns are found and refused. */
function outerReferences(scope: Scope | undefined): Scope | undefined {
  if (!scope) return undefined;
  return {
    fields: scope.fields,
    parent: outerReferences(scope.parent),
    translate: (each, at) => {
      const name = shown([
        { kind: 'identifier', name: [...each.qualifier.slice(-1), each.name ?? ''].join('.'), quoted: false, at },
      ]);
      throw refuse('NOT_SUPPORTED', at, `Reference to column '${name}' from outer scope not allowed in this context`);
    },
  };
}
