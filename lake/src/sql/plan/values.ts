import { type Context, coerce, type Typed } from '../analyze/context.ts';
import { analyze } from '../analyze/expressions.ts';
import { refuse } from '../analyze/refuse.ts';
import { emptyScope } from '../analyze/scope.ts';
import { type Planned, using } from '../analyze/state.ts';
import type { Body, Expression } from '../ast.ts';
import { commonSuperType, displayType } from '../types/index.ts';
import type { Type } from '../types.ts';
import type { Place } from './place.ts';

export function planValues(body: Extract<Body, { kind: 'values' }>, place: Place): Planned {
  const context: Context = {
    state: place.state,
    scope: place.parent ? { fields: [], parent: place.parent } : emptyScope,
    names: place.names,
    variables: [],
  };
  const { result: rows, uses } = using(place.state, () => body.rows.map((row) => cells(row, context)));
  const types = columnTypes(rows, body);
  const text = rows.map((row) => `(${row.map((cell, index) => coerce(cell, types[index]!)).join(', ')})`).join(', ');
  const names = types.map((_, index) => `c${index}`).join(', ');
  return {
    sql: `SELECT ${names} FROM (VALUES ${text}) AS v(${names})`,
    columns: types.map((type) => ({ name: undefined, type })),
    block: { kind: 'select', tree: undefined, where: [], uses: [], always: uses, passes: [], needed: new Set() },
  };
}

function cells(row: Expression, context: Context): Typed[] {
  if (row.kind === 'row') return row.items.map((item) => analyze(item, context));
  return [analyze(row, context)];
}

function shownRow(row: readonly Typed[]): string {
  return `row(${row.map((cell) => displayType(cell.type)).join(', ')})`;
}

function columnTypes(rows: readonly (readonly Typed[])[], body: { readonly at: Expression['at'] }): Type[] {
  const [first, ...rest] = rows;
  let types = (first ?? []).map((cell) => cell.type);
  const shownFirst = shownRow(first ?? []);
  for (const row of rest) {
    const next =
      row.length === types.length ? row.map((cell, index) => commonSuperType(types[index]!, cell.type)) : [undefined];
    if (next.includes(undefined)) {
      throw refuse('TYPE_MISMATCH', body.at, `Values rows have mismatched types: ${shownFirst} vs ${shownRow(row)}`);
    }
    types = next as Type[];
  }
  return types;
}
