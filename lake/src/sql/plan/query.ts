import { refuse } from '../analyze/refuse.ts';
import { alias, type Planned } from '../analyze/state.ts';
import type { Body, Expression, Query, RowCount } from '../ast.ts';
import { orderedBody } from './order.ts';
import type { Place } from './place.ts';
import { planSelect } from './select.ts';
import { planSet } from './set.ts';
import { planTable } from './table.ts';
import { planValues } from './values.ts';
import { planWith } from './with.ts';

/** Plans a query with everything that belongs to it. Order without a limit counts only for the statement itself. */
export function planQuery(query: Query, place: Place, outermost = false): Planned {
  if (!query.with) return planBody(query, place, outermost);
  const scope = planWith(query.with, place);
  const planned = planBody(query, { ...place, names: scope.names }, outermost);
  const text = scope.text();
  return text === '' ? planned : { ...planned, sql: `${text} ${planned.sql}` };
}

function planBody(query: Query, place: Place, outermost: boolean): Planned {
  const { body } = query;
  const tail = tailOf(query, place, outermost);
  if (body.kind === 'select') return planSelect(body, tail, place);
  const planned = planTerm(body, place);
  return tail.orderBy.length > 0 || tail.limit || tail.offset ? orderedBody(planned, tail, place) : planned;
}

/** What follows a query's body. */
export interface Tail {
  readonly orderBy: Query['orderBy'];
  readonly offset: string | undefined;
  readonly limit: string | undefined;
  readonly ties: boolean;
  /** Whether the order is seen: by who reads the result, or by a limit. */
  readonly ordered: boolean;
}

function tailOf(query: Query, place: Place, outermost: boolean): Tail {
  if (query.withTies && query.orderBy.length === 0) {
    throw refuse('MISSING_ORDER_BY', query.withTies, 'FETCH FIRST WITH TIES clause requires ORDER BY');
  }
  const limit = count(query.limit, place);
  const offset = count(query.offset, place);
  return {
    orderBy: query.orderBy,
    offset: offset === '0' ? undefined : offset,
    limit,
    ties: query.withTies !== undefined,
    ordered: outermost || limit !== undefined || offset !== undefined,
  };
}

function count(given: RowCount | undefined, place: Place): string | undefined {
  if (!given) return undefined;
  if (given.kind === 'count') return String(BigInt(given.value));
  const value: Expression | undefined = place.state.parameters[given.index];
  if (value?.kind !== 'integer') {
    throw refuse(
      'INVALID_PARAMETER_USAGE',
      { line: 1, column: 1 },
      'A parameter of LIMIT or OFFSET must be a whole number',
    );
  }
  return String(BigInt(value.text));
}

/** A part of a set operation, or a body that is no SELECT. */
export function planTerm(body: Body, place: Place): Planned {
  switch (body.kind) {
    case 'select':
      return planSelect(body, { orderBy: [], offset: undefined, limit: undefined, ties: false, ordered: false }, place);
    case 'set':
      return planSet(body, place);
    case 'values':
      return planValues(body, place);
    case 'table':
      return planTable(body, place);
    case 'nested':
      return planQuery(body.query, place);
  }
}

/** A planned query as a relation of its own name. */
export function asRelation(planned: Planned, place: Place): { readonly sql: string; readonly name: string } {
  const name = alias(place.state, 't');
  return { sql: `(${planned.sql}) AS ${name}`, name };
}
