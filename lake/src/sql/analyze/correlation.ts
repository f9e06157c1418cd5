import type { Body, Expression, Place, Query, Relation, Select } from '../ast.ts';
import { refuse } from './refuse.ts';
import type { Field, Scope } from './scope.ts';
import type { State } from './state.ts';
import { findEverywhere, holdsQuery, isAggregate, isWindow } from './walk.ts';

type IsOuter = (node: Expression) => boolean;

/**
 * Refuses a subquery that reads the outer query in a way that Trino can't plan. DuckDB could; but what passes here must
 * pass there.
 */
export function refuseCorrelation(query: Query, parent: Scope | undefined, state: State, at: Place): void {
  const outer = new Set<Field>();
  for (let scope = parent; scope; scope = scope.parent) for (const field of scope.fields) outer.add(field);
  if (outer.size === 0) return;
  const isOuter = (node: Expression) => {
    const field = state.references.get(node);
    return field !== undefined && outer.has(field);
  };
  state.late.push(() => {
    if (!correlated(query, isOuter) || supported(query, isOuter)) return;
    throw refuse('NOT_SUPPORTED', at, 'Given correlated subquery is not supported');
  });
}

/** Whether a part of a tree reads the outer query, however deep. */
function correlated(value: unknown, isOuter: IsOuter): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((each) => correlated(each, isOuter));
  if ('kind' in value && isOuter(value as Expression)) return true;
  return Object.values(value).some((each) => correlated(each, isOuter));
}

function supported(query: Query, isOuter: IsOuter): boolean {
  if (query.with?.queries.some((each) => correlated(each.query, isOuter) && !supported(each.query, isOuter)))
    return false;
  if (!correlated(query.body, isOuter)) return true;
  return supportedBody(query.body, query, isOuter);
}

function supportedBody(body: Body, query: Query, isOuter: IsOuter): boolean {
  if (body.kind === 'nested') return supported(body.query, isOuter);
  if (body.kind === 'set') return false;
  return body.kind !== 'select' || supportedSelect(body, query, isOuter);
}

function supportedSelect(select: Select, query: Query, isOuter: IsOuter): boolean {
  const below = correlated([select.from, select.where], isOuter);
  if (select.having && below && !select.groupBy) return false;
  if (select.where && findEverywhere(select.where, holdsQuery).some((node) => correlated(node, isOuter))) return false;
  const shown = [
    ...select.items.flatMap((item) => (item.kind === 'expression' ? [item.value] : [])),
    ...query.orderBy.map((item) => item.key),
  ];
  if (below && shown.some((node) => findEverywhere(node, isWindow).length > 0)) return false;
  if (shown.some((node) => findEverywhere(node, isAggregate).some((call) => correlated(call, isOuter)))) return false;
  if ((query.limit || query.offset) && below && !onlyEqualities(select, isOuter)) return false;
  return !select.from || supportedRelation(select.from, isOuter);
}

/** A limit is taken per outer row only where rows are chosen by equality. */
function onlyEqualities(select: Select, isOuter: IsOuter): boolean {
  const terms =
    select.where?.kind === 'logical' && select.where.operator === 'AND' ? select.where.terms : [select.where];
  return (
    !correlated(select.from, isOuter) &&
    terms.every((term) => !correlated(term, isOuter) || (term?.kind === 'comparison' && term.operator === '='))
  );
}

function supportedRelation(relation: Relation, isOuter: IsOuter): boolean {
  switch (relation.kind) {
    case 'subquery':
      return !correlated(relation.query, isOuter) || supported(relation.query, isOuter);
    case 'aliased':
    case 'sample':
      return supportedRelation(relation.relation, isOuter);
    case 'join':
      return supportedRelation(relation.left, isOuter) && supportedRelation(relation.right, isOuter);
    default:
      return true;
  }
}
