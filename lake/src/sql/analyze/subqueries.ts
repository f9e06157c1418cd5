import type { Of, Place, Query } from '../ast.ts';
import { planQuery } from '../plan/query.ts';
import { commonSuperType, comparable, displayType, orderable } from '../types/index.ts';
import type { Type } from '../types.ts';
import { BOOLEAN, type Context, coerce, type Typed } from './context.ts';
import { refuseCorrelation } from './correlation.ts';
import { analyze, compare, makeRow } from './expressions.ts';
import { nativeEquality } from './predicates.ts';
import { refuse } from './refuse.ts';
import { comparisonKey } from './sort.ts';
import { alias, type Planned } from './state.ts';

/** A condition that is moved elsewhere can't take a query with it. */
export class NotMovable extends Error {}

function plan(query: Query, context: Context, at: Place): Planned {
  if (context.rename) throw new NotMovable();
  if (context.variables.length > 0) throw refuse('NOT_SUPPORTED', at, 'Lambda expression cannot contain subqueries');
  const planned = planQuery(query, { parent: context.scope, names: context.names, state: context.state });
  refuseCorrelation(query, context.scope, context.state, at);
  context.state.roots.push(planned.block);
  return planned;
}

/** A query's rows as one value each: of several columns a row. */
function rowsOf(planned: Planned, name: string): Typed {
  const columns = planned.columns.map((column, index) => ({
    name: column.name,
    value: { sql: `${name}.c${index}`, type: column.type },
  }));
  const [first, ...more] = columns;
  return first && more.length === 0 ? first.value : makeRow(columns);
}

export function existsTest(node: Of<'exists'>, context: Context): Typed {
  return { sql: `EXISTS (${plan(node.query, context, node.at).sql})`, type: BOOLEAN };
}

export function scalarQuery(node: Of<'subquery'>, context: Context): Typed {
  const planned = plan(node.query, context, node.query.at);
  if (planned.columns.length === 1) return { sql: `(${planned.sql})`, type: planned.columns[0]!.type };
  const name = alias(context.state, 'q');
  const row = rowsOf(planned, name);
  return { sql: `(SELECT ${row.sql} FROM (${planned.sql}) AS ${name})`, type: row.type };
}

export function inQuery(node: Of<'in-query'>, context: Context): Typed {
  const value = analyze(node.value, context);
  const planned = plan(node.query, context, node.at);
  const name = alias(context.state, 'q');
  const rows = rowsOf(planned, name);
  const common = commonSuperType(value.type, rows.type);
  if (!common || !comparable(common)) {
    const message = `value and result of subquery must be of the same type for IN expression: ${displayType(value.type)} vs ${displayType(rows.type)}`;
    throw refuse('TYPE_MISMATCH', node.at, message);
  }
  // Trino looks the value up in a set: nulls inside of rows and NaN are found there, unlike by `=`. So does DuckDB.
  const [found, item] = [value, rows].map((each) => comparisonKey({ sql: coerce(each, common), type: common }));
  return { sql: `(${found} IN (SELECT ${item} FROM (${planned.sql}) AS ${name}))`, type: BOOLEAN };
}

/** True for a row that passes, else null for a row of which nothing is known, else false. */
function anyOf(test: string, from: string): Typed {
  const some = (condition: string) => `EXISTS (SELECT 1 FROM ${from} WHERE ${condition})`;
  return {
    sql: `(CASE WHEN ${some(test)} THEN true WHEN ${some(`(${test}) IS NULL`)} THEN NULL ELSE false END)`,
    type: BOOLEAN,
  };
}

function nativeOrder(type: Type): boolean {
  return nativeEquality(type) && type.kind !== 'boolean' && type.kind !== 'uuid';
}

export function quantified(node: Of<'quantified'>, context: Context): Typed {
  const value = analyze(node.value, context);
  const planned = plan(node.query, context, node.at);
  const name = alias(context.state, 'q');
  const rows = rowsOf(planned, name);
  const common = commonSuperType(value.type, rows.type);
  if (!common) {
    const message = `Value expression and result of subquery must be of the same type: ${displayType(value.type)} vs ${displayType(rows.type)}`;
    throw refuse('TYPE_MISMATCH', node.at, message);
  }
  const ordered = node.operator !== '=' && node.operator !== '<>';
  if (ordered ? !orderable(common) : !comparable(common)) {
    const what = ordered ? 'orderable' : 'comparable';
    throw refuse(
      'TYPE_MISMATCH',
      node.at,
      `Type [${displayType(common)}] must be ${what} in order to be used in quantified comparison`,
    );
  }
  const from = `(${planned.sql}) AS ${name}`;
  if (ordered ? nativeOrder(common) : nativeEquality(common)) {
    const sql = `(${coerce(value, common)} ${node.operator} ${node.quantifier} (SELECT ${coerce(rows, common)} FROM ${from}))`;
    return { sql, type: BOOLEAN };
  }
  const test = compare(node.operator, value, rows, node.at).sql;
  if (node.quantifier === 'ANY') return anyOf(test, from);
  return { sql: `(NOT ${anyOf(`(NOT ${test})`, from).sql})`, type: BOOLEAN };
}
