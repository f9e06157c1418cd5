import type { Context, Typed } from '../analyze/context.ts';
import { refuseCorrelation } from '../analyze/correlation.ts';
import { condition } from '../analyze/expressions.ts';
import { notSupported, refuse } from '../analyze/refuse.ts';
import { type Field, field, type Scope } from '../analyze/scope.ts';
import type { JoinCriteria, Relation } from '../ast.ts';
import { conditionsOf } from './conditions.ts';
import { extended } from './extended.ts';
import { refuseGroupOperations } from './grouping-checks.ts';
import { jsonTable } from './json-table.ts';
import { outerJoin } from './outer-join.ts';
import type { Place } from './place.ts';
import { asRelation, planQuery } from './query.ts';
import { sample } from './sample.ts';
import type { SourceTree } from './shape.ts';
import { planName } from './table.ts';
import { unnest } from './unnest.ts';
import { usingJoin } from './using.ts';

export interface RelationPlan {
  /** What stands in FROM. */
  readonly sql: string;
  readonly fields: readonly Field[];
  readonly tree: SourceTree;
}

/** Computes a value beside the relation on the left and tells its name there. */
export type Hoist = (value: Typed) => string;

/** Plans a relation; `lateral` are the relations to its left, which UNNEST and LATERAL may read. */
export function planRelation(
  relation: Relation,
  place: Place,
  lateral: Scope | undefined,
  hoist?: Hoist,
): RelationPlan {
  switch (relation.kind) {
    case 'table':
      return planName(relation.name, place);
    case 'aliased':
      return aliased(relation, place, lateral, hoist);
    case 'subquery':
      return derived(relation, place, place.parent, '');
    case 'lateral':
      return derived(relation, place, lateral ?? place.parent, 'LATERAL ');
    case 'unnest':
      return unnest(relation, place, lateral, hoist);
    case 'sample':
      return sample(relation, place, lateral);
    case 'join':
      return join(relation, place, lateral);
    case 'json-table':
      return jsonTable(relation, place, lateral);
    case 'unsupported':
      throw notSupported(relation.what, relation.at);
  }
}

function derived(
  relation: Extract<Relation, { kind: 'subquery' | 'lateral' }>,
  place: Place,
  parent: Scope | undefined,
  word: string,
): RelationPlan {
  const planned = planQuery(relation.query, { ...place, parent });
  if (relation.kind === 'lateral') refuseCorrelation(relation.query, parent, place.state, relation.at);
  const { sql, name } = asRelation(planned, place);
  const source = { kind: 'block', block: planned.block } as const;
  const fields = planned.columns.map((column, index) =>
    field({
      name: column.name,
      qualifier: [],
      type: column.type,
      sql: `${name}.c${index}`,
      hidden: false,
      home: { source, index },
    }),
  );
  return { sql: `${word}${sql}`, fields, tree: { kind: 'leaf', source } };
}

function aliased(
  relation: Extract<Relation, { kind: 'aliased' }>,
  place: Place,
  lateral: Scope | undefined,
  hoist: Hoist | undefined,
): RelationPlan {
  const inner = planRelation(relation.relation, place, lateral, hoist);
  const name = relation.alias.name.toLowerCase();
  const { columns } = relation;
  const visible = inner.fields.filter((each) => !each.hidden);
  if (columns && columns.length !== visible.length) {
    const message = `Column alias list has ${columns.length} entries but '${name}' has ${visible.length} columns available`;
    throw refuse('MISMATCHED_COLUMN_ALIASES', relation.at, message);
  }
  // Aliases hide the hidden columns too.
  const kept = columns ? visible : inner.fields;
  const fields = kept.map((each, index) =>
    field({ ...each, name: columns?.[index]?.name ?? each.name, qualifier: [name] }),
  );
  return { ...inner, fields };
}

function join(relation: Extract<Relation, { kind: 'join' }>, place: Place, lateral: Scope | undefined): RelationPlan {
  const given = planRelation(relation.left, place, lateral);
  const beside = extended(given, place);
  const hoist: Hoist = (value) => beside.add(value).sql;
  const right = planRelation(relation.right, place, { fields: given.fields, parent: lateral ?? place.parent }, hoist);
  const left = beside.plan();
  const type = relation.type === 'cross' || relation.type === 'implicit' ? 'inner' : relation.type;
  const rightSql = relation.right.kind === 'join' ? `(${right.sql})` : right.sql;
  const tree = (on: Extract<SourceTree, { kind: 'join' }>['on']): SourceTree => ({
    kind: 'join',
    type,
    left: left.tree,
    right: right.tree,
    on,
  });
  if (!relation.criteria) {
    return { sql: `${left.sql} CROSS JOIN ${rightSql}`, fields: [...left.fields, ...right.fields], tree: tree([]) };
  }
  const words = `${left.sql} ${type.toUpperCase()} JOIN ${rightSql}`;
  if (relation.criteria.kind === 'natural') throw refuse('NOT_SUPPORTED', relation.at, 'Natural join not supported');
  if (relation.criteria.kind === 'using') {
    const { on, fields } = usingJoin(relation.criteria.columns, type, left, right, relation.at);
    return { sql: `${words} ON ${on}`, fields, tree: tree([]) };
  }
  if (type !== 'inner') {
    refuseUnnestCondition(relation);
    const joined = outerJoin(relation.criteria.condition, left, right, place);
    const sides = `${joined.left.sql} ${type.toUpperCase()} JOIN ${relation.right.kind === 'join' ? `(${joined.right.sql})` : joined.right.sql}`;
    return { sql: `${sides} ON ${joined.on}`, fields: joined.fields, tree: tree(joined.conditions) };
  }
  const fields = [...left.fields, ...right.fields];
  const { text, conditions } = joinCondition(relation.criteria, fields, place, lateral);
  return { sql: `${words} ON ${text}`, fields, tree: tree(conditions) };
}

/** UNNEST in an outer join: Trino takes no condition but TRUE, and LEFT alone. */
function refuseUnnestCondition(relation: Extract<Relation, { kind: 'join' }>): void {
  const { right, criteria, type } = relation;
  const unnested = right.kind === 'unnest' || (right.kind === 'aliased' && right.relation.kind === 'unnest');
  if (!unnested || criteria?.kind !== 'on') return;
  if (type !== 'left') {
    throw refuse('NOT_SUPPORTED', relation.at, `${type.toUpperCase()} JOIN involving UNNEST is not supported`);
  }
  const { condition: on } = criteria;
  if (on.kind === 'boolean' && on.value) return;
  throw refuse('NOT_SUPPORTED', on.at, 'LEFT JOIN involving UNNEST is only supported with condition ON TRUE');
}

function joinCondition(
  criteria: Extract<JoinCriteria, { kind: 'on' }>,
  fields: readonly Field[],
  place: Place,
  lateral: Scope | undefined,
) {
  const scope: Scope = { fields, parent: lateral ?? place.parent };
  const context: Context = { state: place.state, scope, names: place.names, variables: [] };
  refuseGroupOperations(criteria.condition, 'JOIN');
  const text = condition(
    criteria.condition,
    context,
    (type) => `JOIN ON clause must evaluate to a boolean: actual type ${type}`,
  );
  return { text, conditions: conditionsOf(criteria.condition, context) };
}
