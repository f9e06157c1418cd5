import type { Expression, ExpressionKind, Of } from '../ast.ts';
import { canCast, emitCast, emitTry } from '../casts/cast.ts';
import { emitLogical } from '../functions/logic.ts';
import { type BinaryOperator, resolveNegation, resolveOperator } from '../functions/operators.ts';
import { resolveFunction } from '../functions/registry.ts';
import { commonSuperType, displayType, duckdbType, fieldKeys, quoteName, quoteText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { call } from './calls.ts';
import { BOOLEAN, type Context, coerce, type Typed, UNKNOWN, VARCHAR } from './context.ts';
import { emitOnce } from './emit.ts';
import { jsonArray, jsonExists, jsonObject, jsonQuery, jsonValue } from './json.ts';
import { decimal, doubleLiteral, integer, interval, momentLiteral, text, typed, typeNamed } from './literals.ts';
import { dereference, identifier } from './names.ts';
import { betweenTest, caseOf, coalesce, ifOf, inList, like, nullif } from './predicates.ts';
import { refuse } from './refuse.ts';
import { existsTest, inQuery, quantified, scalarQuery } from './subqueries.ts';

type Handlers = { readonly [K in ExpressionKind]: (node: Of<K>, context: Context) => Typed };

/** Types an expression and writes it for DuckDB. */
export function analyze(node: Expression, context: Context): Typed {
  const replaced = context.replace?.(node);
  if (replaced) return replaced;
  const handler = handlers[node.kind] as (node: Expression, context: Context) => Typed;
  return handler(node, context);
}

/** A condition: boolean or NULL. */
export function condition(node: Expression, context: Context, message: (type: string) => string): string {
  const value = analyze(node, context);
  if (value.type.kind !== 'boolean' && value.type.kind !== 'unknown') {
    throw refuse('TYPE_MISMATCH', node.at, message(displayType(value.type)));
  }
  return coerce(value, BOOLEAN);
}

/** The operator as Trino names it in messages: `a > b` is `b < a` there. */
function binary(operator: BinaryOperator, left: Typed, right: Typed, at: Expression['at']): Typed {
  const resolved = resolveOperator(operator, left.type, right.type, at);
  const [a, b] = resolved.argumentTypes;
  return {
    sql: emitOnce(resolved.emit, [coerce(left, a ?? left.type), coerce(right, b ?? right.type)]),
    type: resolved.resultType,
  };
}

/** `left operator right` for values that are analysed already. */
export function compare(operator: BinaryOperator, left: Typed, right: Typed, at: Expression['at']): Typed {
  return binary(operator, left, right, at);
}

function logicalTerm(node: Expression, context: Context): string {
  return condition(node, context, (type) => `Logical expression term must evaluate to a boolean (actual: ${type})`);
}

function sign(node: Of<'sign'>, context: Context): Typed {
  const value = analyze(node.value, context);
  if (node.operator === '+') {
    const numeric = ['tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal', 'interval', 'unknown'];
    if (!numeric.includes(value.type.kind)) {
      throw refuse('TYPE_MISMATCH', node.at, `Unary '+' operator cannot by applied to ${displayType(value.type)} type`);
    }
    return value;
  }
  if (value.type.kind === 'unknown') {
    const message = 'Could not choose a best candidate operator. Explicit type casts must be added.';
    throw refuse('AMBIGUOUS_FUNCTION_CALL', undefined, message);
  }
  const resolved = resolveNegation(value.type, node.at);
  return {
    sql: emitOnce(resolved.emit, [coerce(value, resolved.argumentTypes[0] ?? value.type)]),
    type: resolved.resultType,
  };
}

function array(node: Of<'array'>, context: Context): Typed {
  const items = node.items.map((item) => analyze(item, context));
  const element = commonOf(
    items,
    node.items,
    'All ARRAY elements must be the same type or coercible to a common type.',
  );
  const list = items.map((item) => coerce(item, element)).join(', ');
  const type: Type = { kind: 'array', element };
  const sql = element.kind === 'unknown' ? `[${list}]` : `CAST([${list}] AS ${duckdbType(type)})`;
  return { sql, type };
}

/** The type that all values share, else Trino's refusal at the first that does not fit. */
export function commonOf(values: readonly Typed[], nodes: readonly Expression[], message: string): Type {
  let common: Type = UNKNOWN;
  const seen: string[] = [];
  for (const [index, value] of values.entries()) {
    const shown = displayType(value.type);
    if (!seen.includes(shown)) seen.push(shown);
    const next = commonSuperType(common, value.type);
    if (!next) {
      const detail = `Cannot find common type between ${displayType(common)} and ${shown}, all types (without duplicates): [${seen.join(', ')}]`;
      throw refuse('TYPE_MISMATCH', nodes[index]?.at, `${message} ${detail}`);
    }
    common = next;
  }
  return common;
}

function row(node: Of<'row'>, context: Context): Typed {
  return makeRow(node.items.map((item) => ({ name: undefined, value: analyze(item, context) })));
}

/** A row value of the given fields. */
export function makeRow(fields: readonly { readonly name: string | undefined; readonly value: Typed }[]): Typed {
  const type = { kind: 'row', fields: fields.map(({ name, value }) => ({ name, type: value.type })) } as const;
  const keys = fieldKeys(type);
  const parts = fields.map(({ value }, index) => `${quoteName(keys[index]!)} := ${value.sql}`);
  return { sql: `struct_pack(${parts.join(', ')})`, type };
}

function cast(node: Of<'cast'>, context: Context): Typed {
  const to = typeNamed(node.type, node.at);
  const value = analyze(node.value, context);
  if (!canCast(value.type, to)) {
    throw refuse('TYPE_MISMATCH', node.at, `Cannot cast ${displayType(value.type)} to ${displayType(to)}`);
  }
  const known = node.value.kind === 'string' ? momentLiteral(node.value.value, to) : undefined;
  return { sql: known ?? emitCast(value.sql, value.type, to, { safe: node.safe }), type: to };
}

function subscript(node: Of<'subscript'>, context: Context): Typed {
  const base = analyze(node.base, context);
  const index = analyze(node.index, context);
  if (base.type.kind === 'row') return rowField(node, base, base.type);
  const fits =
    (base.type.kind === 'array' && ['tinyint', 'smallint', 'integer', 'bigint', 'unknown'].includes(index.type.kind)) ||
    (base.type.kind === 'map' && commonSuperType(base.type.key, index.type) !== undefined);
  if (!fits) {
    throw refuse(
      'TYPE_MISMATCH',
      node.at,
      `Cannot use ${displayType(index.type)} for subscript of ${displayType(base.type)}`,
    );
  }
  return binary('[]', base, index, node.at);
}

function rowField(node: Of<'subscript'>, base: Typed, type: Extract<Type, { kind: 'row' }>): Typed {
  if (node.index.kind !== 'integer') {
    throw refuse('EXPRESSION_NOT_CONSTANT', node.index.at, 'Subscript expression on ROW requires a constant index');
  }
  const position = Number(node.index.text);
  const found = type.fields[position - 1];
  if (!found) {
    const message = position < 1 ? 'Invalid subscript index' : 'Subscript index out of bounds';
    throw refuse(
      'INVALID_FUNCTION_ARGUMENT',
      node.index.at,
      `${message}: ${position}: must be between 1 and ${type.fields.length}`,
    );
  }
  return { sql: `struct_extract(${base.sql}, ${quoteText(fieldKeys(type)[position - 1]!)})`, type: found.type };
}

function atTimeZone(node: Of<'at-time-zone'>, context: Context): Typed {
  const value = analyze(node.value, context);
  const zone = analyze(node.zone, context);
  if (value.type.kind !== 'time' && value.type.kind !== 'timestamp') {
    throw refuse(
      'TYPE_MISMATCH',
      node.value.at,
      `Type of value must be a time or timestamp with or without time zone (actual ${displayType(value.type)})`,
    );
  }
  return binary('at time zone', value, zone, node.at);
}

const extractFunctions: Readonly<Record<string, string>> = {
  DAY_OF_MONTH: 'day',
  DOW: 'day_of_week',
  DOY: 'day_of_year',
  YOW: 'year_of_week',
};

function extract(node: Of<'extract'>, context: Context): Typed {
  const value = analyze(node.value, context);
  const name = extractFunctions[node.field] ?? node.field.toLowerCase();
  return scalarCall(name, [value], node.at);
}

/** A function of the registry on values that are analysed already. */
export function scalarCall(name: string, args: readonly Typed[], at: Expression['at'] | undefined): Typed {
  const resolved = resolveFunction(
    name,
    'scalar',
    args.map(({ type }) => ({ type })),
    { at },
  );
  const texts = args.map((arg, index) => coerce(arg, resolved.argumentTypes[index] ?? arg.type));
  return { sql: emitOnce(resolved.emit, texts), type: resolved.resultType };
}

function current(node: Of<'current'>, context: Context): Typed {
  const { options, catalog } = context.state;
  switch (node.what) {
    case 'user':
      return { sql: quoteText(options.user ?? 'lake'), type: VARCHAR };
    case 'catalog':
      return { sql: quoteText(catalog), type: VARCHAR };
    case 'schema':
      return { sql: quoteText(options.defaultDatabase), type: VARCHAR };
    case 'path':
      return { sql: "''", type: VARCHAR };
    default:
      return moment(node);
  }
}

function moment(node: Of<'current'>): Typed {
  const name = { date: 'current_date', time: 'current_time', timestamp: 'current_timestamp' } as const;
  const precision = node.precision;
  if (precision !== undefined && precision > 12) {
    throw refuse('INVALID_FUNCTION_ARGUMENT', node.at, `timestamp precision must be in range [0, 12]: ${precision}`);
  }
  const function_ = node.what in name ? name[node.what as keyof typeof name] : node.what;
  const value = scalarCall(function_, [], node.at);
  if (precision === undefined || (value.type.kind !== 'timestamp' && value.type.kind !== 'time')) return value;
  const type: Type = { ...value.type, precision };
  return { sql: coerce(value, type), type };
}

function notTest(node: Of<'not'>, context: Context): Typed {
  const value = condition(
    node.value,
    context,
    (type) => `Value of logical NOT expression must evaluate to a boolean (actual: ${type})`,
  );
  return { sql: `(NOT ${value})`, type: BOOLEAN };
}

function parameter(node: Of<'parameter'>, context: Context): Typed {
  const value = context.state.parameters[node.index];
  if (!value) throw refuse('INVALID_PARAMETER_USAGE', { line: 1, column: 1 }, 'Incorrect number of parameters');
  return analyze(value, context);
}

const handlers: Handlers = {
  identifier,
  dereference,
  parameter,
  cast,
  row,
  array,
  subscript,
  extract,
  current,
  call,
  like,
  coalesce,
  nullif,
  if: ifOf,
  case: caseOf,
  between: betweenTest,
  'in-list': inList,
  'in-query': inQuery,
  exists: existsTest,
  quantified,
  subquery: scalarQuery,
  sign,
  not: notTest,
  'at-time-zone': atTimeZone,
  'json-exists': jsonExists,
  'json-value': jsonValue,
  'json-query': jsonQuery,
  'json-object': jsonObject,
  'json-array': jsonArray,
  null: () => ({ sql: 'NULL', type: UNKNOWN }),
  boolean: (node) => ({ sql: node.value ? 'true' : 'false', type: BOOLEAN }),
  string: (node) => text(node.value),
  binary: (node) => ({ sql: `from_hex(${quoteText(node.hex)})`, type: { kind: 'varbinary' } }),
  integer,
  decimal: (node) => decimal(node.text, node.at, `Invalid numeric literal: ${node.text}`),
  double: doubleLiteral,
  typed,
  interval,
  try: (node, context) => {
    const value = analyze(node.value, context);
    return { sql: emitTry(value.sql), type: value.type };
  },
  arithmetic: (node, context) =>
    binary(node.operator, analyze(node.left, context), analyze(node.right, context), node.at),
  comparison: (node, context) =>
    binary(node.operator, analyze(node.left, context), analyze(node.right, context), node.at),
  distinct: (node, context) =>
    binary(
      node.negated ? 'is not distinct from' : 'is distinct from',
      analyze(node.left, context),
      analyze(node.right, context),
      node.at,
    ),
  logical: (node, context) => ({
    sql: emitLogical(
      node.operator,
      node.terms.map((term) => logicalTerm(term, context)),
    ),
    type: BOOLEAN,
  }),
  'is-null': (node, context) => ({
    sql: `(${analyze(node.value, context).sql} IS ${node.negated ? 'NOT ' : ''}NULL)`,
    type: BOOLEAN,
  }),
  grouping: () => {
    throw refuse(
      'MISSING_GROUP_BY',
      { line: 1, column: 1 },
      'A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause',
    );
  },
  lambda: (node) => {
    throw refuse('TYPE_MISMATCH', node.at, 'Lambda expression should always be used inside a function');
  },
};
