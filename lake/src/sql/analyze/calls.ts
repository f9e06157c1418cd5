import type { Expression, FunctionCall, Lambda, SortItem } from '../ast.ts';
import { showExpression } from '../format.ts';
import {
  type Argument,
  type FunctionKind,
  functionKinds,
  type ResolvedFunction,
  resolveFunction,
} from '../functions/registry.ts';
import { comparable, displayType, quoteText, typeofText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { type Context, coerce, type LambdaVariable, type Typed } from './context.ts';
import { emitOnce } from './emit.ts';
import { analyze, condition } from './expressions.ts';
import { notSupported, refuse } from './refuse.ts';
import { checkOrderable, comparisonKey, isConstant, sortText } from './sort.ts';
import { findAll, functionName, isAggregate, isWindow, keyOf } from './walk.ts';
import { overText } from './windows.ts';

/** A function call that is no aggregate (those are computed where their group is). */
export function call(node: FunctionCall, context: Context): Typed {
  const name = functionName(node);
  const kinds = functionKinds(name);
  if (node.over) return windowCall(node, context);
  const aggregate: boolean = isAggregate(node as Expression);
  if (aggregate) {
    throw refuse('EXPRESSION_NOT_SCALAR', node.at, `Aggregation is not allowed here: ${showExpression(node)}`);
  }
  if (kinds.has('window') && !kinds.has('scalar')) {
    for (const arg of node.args) analyze(arg, context);
    throw refuse('MISSING_OVER', node.at, `Window function system.builtin.${name} requires an OVER clause`);
  }
  if (node.nulls)
    throw refuse(
      'NULL_TREATMENT_NOT_ALLOWED',
      node.at,
      'Cannot specify null treatment clause for non-window functions',
    );
  if (name === 'typeof' && node.args.length === 1) {
    const { sql, type } = analyze(node.args[0]!, context);
    const shown = quoteText(typeofText(type));
    // The argument is computed, and may fail.
    const text = /^[\w."]+$/.test(sql) ? shown : `(CASE WHEN ${sql} IS NULL THEN ${shown} ELSE ${shown} END)`;
    return { sql: text, type: { kind: 'varchar', length: undefined } };
  }
  const { resolved, texts } = resolveCall(node, 'scalar', context);
  if (node.filter || node.orderBy.length > 0) {
    const clause = node.filter ? 'FILTER' : 'ORDER BY';
    throw refuse('FUNCTION_NOT_AGGREGATE', node.at, `${clause} is only valid for aggregation functions`);
  }
  return { sql: emitOnce((args) => resolved.emit(args), texts), type: resolved.resultType };
}

interface ResolvedCall {
  readonly resolved: ResolvedFunction;
  readonly texts: readonly string[];
}

/** Finds the function and writes its arguments, lambdas typed by what the function gives them. */
function resolveCall(node: FunctionCall, kind: FunctionKind, context: Context): ResolvedCall {
  const values = node.args.map((arg) => (arg.kind === 'lambda' ? undefined : analyze(arg, context)));
  const bodies = node.args.map((arg) => (arg.kind === 'lambda' ? lambdaBodies(arg, context) : undefined));
  const args = node.args.map(
    (arg, index): Argument =>
      arg.kind === 'lambda' ? lambdaArgument(arg, bodies[index]!) : { type: values[index]!.type },
  );
  if (node.star && functionName(node) !== 'count') {
    throw refuse('FUNCTION_NOT_FOUND', node.at, `Unexpected parameters () for function ${functionName(node)}`);
  }
  const resolved = resolveFunction(functionName(node), kind, args, { distinct: node.distinct, at: node.at });
  const texts = node.args.map((arg, index) => {
    const type = resolved.argumentTypes[index];
    const value = values[index];
    if (value) return coerce(value, type ?? value.type);
    if (arg.kind !== 'lambda' || type?.kind !== 'function') throw notSupported('This lambda', arg.at);
    return lambdaText(type, bodies[index]!);
  });
  return { resolved, texts };
}

function within(
  lambda: Lambda,
  types: readonly Type[],
  context: Context,
): { readonly context: Context; readonly variables: readonly LambdaVariable[] } {
  const variables = lambda.parameters.map((parameter, index) => ({
    name: parameter.name.toLowerCase(),
    sql: `l${context.variables.length + index}`,
    type: types[index] ?? { kind: 'unknown' as const },
  }));
  return { variables, context: { ...context, variables: [...context.variables, ...variables] } };
}

type LambdaBodies = (types: readonly Type[]) => {
  readonly variables: readonly LambdaVariable[];
  readonly body: ReturnType<typeof analyze>;
};

/** Each body is read once for the same types: lambdas in lambdas would cost twice as much a level. */
function lambdaBodies(lambda: Lambda, context: Context): LambdaBodies {
  const known = new Map<string, ReturnType<LambdaBodies>>();
  return (types) => {
    const key = JSON.stringify(types);
    const inner = within(lambda, types, context);
    const made = known.get(key) ?? { variables: inner.variables, body: analyze(lambda.body, inner.context) };
    known.set(key, made);
    return made;
  };
}

function lambdaArgument(lambda: Lambda, bodies: LambdaBodies): Argument {
  return { lambda: { arity: lambda.parameters.length, body: (types) => bodies(types).body.type } };
}

function lambdaText(type: Extract<Type, { kind: 'function' }>, bodies: LambdaBodies): string {
  const { variables, body } = bodies(type.parameters);
  return `lambda ${variables.map((variable) => variable.sql).join(', ')}: ${coerce(body, type.result)}`;
}

function orderText(items: readonly SortItem[], context: Context): string | undefined {
  const texts = items.flatMap((item) => {
    const key = analyze(item.key, context);
    checkOrderable(key.type, item);
    return isConstant(item.key) ? [] : [sortText(comparisonKey(key), item)];
  });
  return texts.length === 0 ? undefined : texts.join(', ');
}

/** An aggregate over the rows of a group; `context` is that of the rows. */
export function aggregateCall(node: FunctionCall, context: Context): Typed {
  const name = functionName(node);
  const inside = [...node.args, ...node.orderBy.map((item) => item.key), ...(node.filter ? [node.filter] : [])];
  const nested = inside.flatMap((each) => findAll(each, isAggregate));
  if (nested.length > 0) {
    const list = nested.map(showExpression).join(', ');
    throw refuse('NESTED_AGGREGATION', node.at, `Cannot nest aggregations inside aggregation '${name}': [${list}]`);
  }
  const windows = inside.flatMap((each) => findAll(each, isWindow));
  if (windows.length > 0) {
    const list = windows.map(showExpression).join(', ');
    throw refuse('NESTED_WINDOW', node.at, `Cannot nest window functions inside aggregation '${name}': [${list}]`);
  }
  if (node.nulls)
    throw refuse(
      'NULL_TREATMENT_NOT_ALLOWED',
      node.at,
      'Cannot specify null treatment clause for non-window functions',
    );
  if (name === 'listagg') checkListagg(node, context);
  const { resolved, texts } = resolveCall(node, 'aggregate', context);
  if (node.distinct) checkDistinct(node, resolved, context);
  const filter =
    node.filter &&
    condition(node.filter, context, (type) => `Filter expression must evaluate to a boolean (actual: ${type})`);
  const sql = resolved.emit(texts, {
    distinct: node.distinct,
    filter,
    orderBy: orderText(node.orderBy, context),
    ...overflow(node),
  });
  return { sql, type: resolved.resultType };
}

function overflow(node: FunctionCall): { readonly overflow?: FunctionCall['overflow'] } {
  return node.overflow ? { overflow: node.overflow } : {};
}

function checkListagg(node: FunctionCall, context: Context): void {
  const [value] = node.args;
  if (!value) return;
  const { type } = analyze(value, context);
  if (type.kind === 'varchar' || type.kind === 'unknown') return;
  const message = `Expected expression of varchar, but '${showExpression(value)}' has ${displayType(type)} type`;
  throw refuse('TYPE_MISMATCH', node.at, message);
}

function checkDistinct(node: FunctionCall, resolved: ResolvedFunction, context: Context): void {
  for (const type of resolved.argumentTypes) {
    if (!comparable(type)) {
      throw refuse(
        'TYPE_MISMATCH',
        node.at,
        `DISTINCT can only be applied to comparable types (actual: ${displayType(type)})`,
      );
    }
  }
  const keys = new Set(node.args.map((arg) => keyOf(arg, context.scope)));
  if (node.orderBy.some((item) => !keys.has(keyOf(item.key, context.scope)))) {
    const message = 'For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments';
    throw refuse('EXPRESSION_NOT_IN_DISTINCT', node.at, message);
  }
}

/** Functions that look at the whole partition whatever the frame: Trino refuses a frame for them. */
const frameless = new Set(['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'ntile', 'lag', 'lead']);
const nullTreatment = new Set(['lag', 'lead', 'first_value', 'last_value', 'nth_value']);

function windowCall(node: FunctionCall, context: Context): Typed {
  const name = functionName(node);
  if (node.orderBy.length > 0) throw refuse('NOT_SUPPORTED', node.at, 'Window function with ORDER BY is not supported');
  if (node.nulls && !nullTreatment.has(name)) {
    throw refuse('NULL_TREATMENT_NOT_ALLOWED', node.at, `Cannot specify null treatment clause for ${name} function`);
  }
  const kinds = functionKinds(name);
  if (kinds.size > 0 && !kinds.has('window') && !kinds.has('aggregate')) {
    throw refuse('FUNCTION_NOT_WINDOW', node.at, `Function ${name} is not a window function`);
  }
  const inside: Expression[] = [...node.args];
  const nested = inside.flatMap((each) => findAll(each, isWindow));
  if (nested[0])
    throw refuse(
      'NESTED_WINDOW',
      nested[0].at,
      'Cannot nest window functions or row pattern measures inside window function arguments',
    );
  const { resolved, texts } = resolveCall(node, 'window', context);
  if (node.filter)
    throw refuse('NOT_SUPPORTED', { line: 1, column: 1 }, 'FILTER is not yet supported for window functions');
  const over = overText(node, context, { frameAllowed: !frameless.has(name), ranking: frameless.has(name) });
  const sql = resolved.emit(texts, { distinct: node.distinct, over, ignoreNulls: node.nulls === 'ignore' });
  return { sql, type: resolved.resultType };
}
