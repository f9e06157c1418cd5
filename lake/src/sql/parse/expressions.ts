import type { ParserRuleContext, TerminalNode, Token } from 'antlr4ng';
import * as G from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import type { ArithmeticOperator, ComparisonOperator, Expression, Place } from '../ast.ts';
import { functionCall, listagg, windowed } from './calls.ts';
import { jsonArray, jsonExists, jsonObject, jsonQuery, jsonValue } from './json.ts';
import { identifier, reference, string, typeName } from './literals.ts';
import { placeOf, placeOfToken, syntaxError } from './place.ts';
import { query } from './queries.ts';
import { parameters } from './tree.ts';

type Context = ParserRuleContext;
type Build = (context: Context) => Expression;

const builders = new Map<unknown, Build>();

function on<T extends Context>(
  type: abstract new (...args: never[]) => T,
  build: (context: T, at: Place) => Expression,
): void {
  builders.set(type, (context) => build(context as T, placeOf(context)));
}

/** The expression below a part of the tree; levels that say nothing are passed through. */
export function expression(context: Context): Expression {
  let current: Context = context;
  for (;;) {
    const build = builders.get(current.constructor);
    if (build) return build(current);
    const only = current.getChildCount() === 1 ? current.getChild(0) : null;
    if (!only || !('children' in only)) {
      const at = placeOf(current);
      throw syntaxError(at, `${current.constructor.name.replace(/Context$/, '')} is not an expression`);
    }
    current = only as Context;
  }
}

const all = (contexts: readonly Context[]): Expression[] => contexts.map(expression);

function negate(value: Expression, negated: unknown, at: Place): Expression {
  return negated ? { kind: 'not', value, at } : value;
}

function call(name: string, args: readonly Expression[], at: Place): Expression {
  return {
    kind: 'call',
    name: [{ kind: 'identifier', name, quoted: false, at }],
    args,
    star: false,
    distinct: false,
    filter: undefined,
    orderBy: [],
    over: undefined,
    nulls: undefined,
    at,
  };
}

function comparisonOperator(context: G.ComparisonOperatorContext): ComparisonOperator {
  const text = context.getText();
  return (text === '!=' ? '<>' : text) as ComparisonOperator;
}

// Names.
on(G.QualifiedNameContext, (context) => reference(context));
on(G.DereferenceContext, (context, at) => ({
  kind: 'dereference',
  base: expression(context.primaryExpression()),
  field: identifier(context.identifier()),
  at,
}));
on(G.JoinColumnEqualityContext, (context) => ({
  kind: 'comparison',
  operator: '=',
  left: expression(context.joinColumnReference(0) as Context),
  right: expression(context.joinColumnReference(1) as Context),
  at: placeOfToken(context.EQ().symbol),
}));
on(G.JoinColumnReferenceContext, (context, at) => {
  const column = context.columnName();
  const table = context.identifier();
  const base = column ? expression(column) : undefined;
  if (base && !table) return base;
  if (!base || !table) throw syntaxError(at, 'Incomplete column reference');
  if (base.kind !== 'identifier') throw syntaxError(at, 'Incomplete column reference');
  return { kind: 'dereference', base: identifier(table), field: base, at };
});

// Boolean expressions.
/** `a OR b OR c` without parentheses is one list; the tree of the grammar, deep to the left, is walked by a loop. */
function logical(operator: 'AND' | 'OR', context: G.AndContext | G.OrContext, at: Place): Expression {
  const parts: Context[] = [];
  let current: Context | null = context;
  while (current?.constructor === context.constructor) {
    const sides: Context[] = (current as typeof context).booleanExpression();
    parts.unshift(sides[1] as Context);
    current = sides[0] ?? null;
  }
  if (current) parts.unshift(current);
  return { kind: 'logical', operator, terms: all(parts), at };
}
on(G.AndContext, (context, at) => logical('AND', context, at));
on(G.OrContext, (context, at) => logical('OR', context, at));
on(G.LogicalNotContext, (context, at) => ({ kind: 'not', value: expression(context.booleanExpression()), at }));
on(G.PredicatedContext, (context) => {
  const value = expression(context.valueExpression());
  const test = context.predicate();
  return test ? predicate(value, test) : value;
});

function predicate(value: Expression, context: G.PredicateContext): Expression {
  const at = placeOf(context);
  if (context instanceof G.ComparisonContext) {
    const operator = comparisonOperator(context.comparisonOperator());
    return { kind: 'comparison', operator, left: value, right: expression(context.valueExpression()), at };
  }
  if (context instanceof G.QuantifiedComparisonContext) {
    const operator = comparisonOperator(context.comparisonOperator());
    const quantifier = context.comparisonQuantifier().KW_ALL() ? 'ALL' : 'ANY';
    return { kind: 'quantified', operator, quantifier, value, query: query(context.query()), at };
  }
  if (context instanceof G.BetweenContext) {
    const [low, high] = all(context.valueExpression()) as [Expression, Expression];
    return negate({ kind: 'between', value, low, high, at }, context.KW_NOT(), at);
  }
  if (context instanceof G.InListContext) {
    return negate({ kind: 'in-list', value, list: all(context.expression()), at }, context.KW_NOT(), at);
  }
  if (context instanceof G.InSubqueryContext) {
    return negate({ kind: 'in-query', value, query: query(context.query()), at }, context.KW_NOT(), at);
  }
  if (context instanceof G.LikeContext) {
    const [pattern, mark] = all(context.valueExpression());
    if (!pattern) throw syntaxError(at, 'LIKE needs a pattern');
    return negate({ kind: 'like', value, pattern, escape: mark, at }, context.KW_NOT(), at);
  }
  if (context instanceof G.NullPredicateContext) {
    return { kind: 'is-null', value, negated: context.KW_NOT() !== null, at };
  }
  if (context instanceof G.DistinctFromContext) {
    const right = expression(context.valueExpression());
    return { kind: 'distinct', negated: context.KW_NOT() !== null, left: value, right, at };
  }
  throw syntaxError(at, 'Unknown predicate');
}

// Arithmetic.
on(G.ArithmeticBinaryContext, (context) => {
  const operator = context._operator as Token;
  return {
    kind: 'arithmetic',
    operator: operator.text as ArithmeticOperator,
    left: expression(context._left as Context),
    right: expression(context._right as Context),
    at: placeOfToken(operator),
  };
});
on(G.ArithmeticUnaryContext, (context, at) => ({
  kind: 'sign',
  operator: context.MINUS() ? '-' : '+',
  value: expression(context.valueExpression()),
  at,
}));
on(G.ConcatenationContext, (context) =>
  call(
    'concat',
    [expression(context._left as Context), expression(context._right as Context)],
    placeOfToken(context.CONCAT().symbol),
  ),
);
on(G.AtTimeZoneContext, (context) => {
  const specifier = context.timeZoneSpecifier();
  const zone = specifier.getChild(specifier.getChildCount() - 1) as Context;
  return {
    kind: 'at-time-zone',
    value: expression(context.valueExpression()),
    zone: expression(zone),
    at: placeOfToken((context.KW_AT() as TerminalNode).symbol),
  };
});

// Literals.
on(G.NullLiteralContext, (_context, at) => ({ kind: 'null', at }));
on(G.BooleanLiteralContext, (context, at) => ({
  kind: 'boolean',
  value: context.booleanValue().KW_TRUE() !== null,
  at,
}));
on(G.BasicStringLiteralContext, (context, at) => ({ kind: 'string', value: string(context), at }));
on(G.UnicodeStringLiteralContext, (context, at) => ({ kind: 'string', value: string(context), at }));
on(G.IntegerLiteralContext, (context, at) => {
  const text = context.getText();
  const value = BigInt(text.replaceAll('_', '').replace(/^-/, ''));
  const limit = text.startsWith('-') ? 2n ** 63n : 2n ** 63n - 1n;
  if (value > limit) throw syntaxError(at, `Invalid numeric literal: ${text}`);
  return { kind: 'integer', text: text.replaceAll('_', ''), at };
});
on(G.DecimalLiteralContext, (context, at) => ({ kind: 'decimal', text: context.getText(), at }));
on(G.DoubleLiteralContext, (context, at) => ({ kind: 'double', text: context.getText(), at }));
on(G.ParameterContext, (context, at) => ({
  kind: 'parameter',
  index: parameters.get(context.QUESTION_MARK().symbol) ?? 0,
  at,
}));
on(G.BinaryLiteralContext, (context, at) => {
  const hex = context
    .getText()
    .slice(2, -1)
    .replaceAll(/[ \t\r\n]/g, '')
    .toUpperCase();
  if (/[^0-9A-F]/.test(hex)) throw syntaxError(at, 'Binary literal can only contain hexadecimal digits');
  if (hex.length % 2 === 1) throw syntaxError(at, 'Binary literal must contain an even number of digits');
  return { kind: 'binary', hex, at };
});
on(G.TypeConstructorContext, (context, at) => {
  const name = context.identifier();
  const value = string(context.string());
  const type = name ? { text: identifier(name).name, at } : { text: 'double', at };
  if (type.text.toLowerCase() === 'x') {
    throw syntaxError(at, "Spaces are not allowed between 'X' and the starting quote of a binary literal");
  }
  return { kind: 'typed', type, value, at };
});
on(G.IntervalContext, (context, at) => ({
  kind: 'interval',
  value: string(context.string()),
  negative: context.MINUS() !== null,
  from: (context._from_ ?? context.intervalField(0))?.getText().toUpperCase() ?? '',
  to: context._to?.getText().toUpperCase(),
  at,
}));

// Constructors and special forms.
on(G.ParenthesizedExpressionContext, (context) => expression(context.expression()));
on(G.RowConstructorContext, (context, at) => ({ kind: 'row', items: all(context.expression()), at }));
on(G.ArrayConstructorContext, (context, at) => ({ kind: 'array', items: all(context.expression()), at }));
on(G.SubscriptContext, (context, at) => ({
  kind: 'subscript',
  base: expression(context._value as Context),
  index: expression(context._index as Context),
  at,
}));
on(G.LambdaContext, (context, at) => ({
  kind: 'lambda',
  parameters: context.identifier().map(identifier),
  body: expression(context.expression()),
  at,
}));
on(G.CastContext, (context, at) => ({
  kind: 'cast',
  value: expression(context.expression()),
  type: typeName(context.type()),
  safe: context.KW_TRY_CAST() !== null,
  at,
}));
on(G.SubqueryExpressionContext, (context, at) => ({ kind: 'subquery', query: query(context.query()), at }));
on(G.ExistsContext, (context, at) => ({ kind: 'exists', query: query(context.query()), at }));
const extractFields =
  'YEAR, QUARTER, MONTH, WEEK, DAY, DAY_OF_MONTH, DAY_OF_WEEK, DOW, DAY_OF_YEAR, DOY, YEAR_OF_WEEK, YOW, HOUR, MINUTE, SECOND, TIMEZONE_MINUTE, TIMEZONE_HOUR';
on(G.ExtractContext, (context, at) => {
  const field = context.identifier().getText().toUpperCase();
  if (!extractFields.split(', ').includes(field)) {
    throw syntaxError(
      at,
      `Invalid EXTRACT field ${context.identifier().getText()}, valid fields are: ${extractFields}`,
    );
  }
  return { kind: 'extract', field, value: expression(context.valueExpression()), at };
});
on(G.GroupingOperationContext, (context, at) => ({
  kind: 'grouping',
  columns: context.qualifiedName().map(reference),
  at,
}));

function whens(contexts: readonly G.WhenClauseContext[]) {
  return contexts.map((when) => ({
    condition: expression(when._condition as Context),
    result: expression(when._result as Context),
    at: placeOf(when),
  }));
}
on(G.SimpleCaseContext, (context, at) => ({
  kind: 'case',
  operand: expression(context._operand as Context),
  whens: whens(context.whenClause()),
  otherwise: context._elseExpression ? expression(context._elseExpression) : undefined,
  at,
}));
on(G.SearchedCaseContext, (context, at) => ({
  kind: 'case',
  operand: undefined,
  whens: whens(context.whenClause()),
  otherwise: context._elseExpression ? expression(context._elseExpression) : undefined,
  at,
}));

// Functions with a syntax of their own.
on(G.PositionContext, (context, at) => {
  const [needle, text] = all(context.valueExpression()) as [Expression, Expression];
  return call('strpos', [text, needle], at);
});
on(G.SubstringContext, (context, at) => call('substr', all(context.valueExpression()), at));
on(G.NormalizeContext, (context, at) => {
  const form = context.normalForm()?.getText().toUpperCase() ?? 'NFC';
  return call('normalize', [expression(context.valueExpression()), { kind: 'string', value: form, at }], at);
});
on(G.TrimContext, (context, at) => {
  const side = context.trimsSpecification();
  const name = side?.KW_LEADING() ? 'ltrim' : side?.KW_TRAILING() ? 'rtrim' : 'trim';
  if (context.KW_FROM() && !side && !context._trimChar) {
    throw syntaxError(at, "The 'trim' function must have specification, char or both arguments when it takes FROM");
  }
  const source = context._trimSource ?? context.valueExpression(context.valueExpression().length - 1);
  const args = [expression(source as Context)];
  if (context._trimChar) args.push(expression(context._trimChar));
  return call(name, args, at);
});

function current(what: Extract<Expression, { kind: 'current' }>['what']) {
  return (context: Context & { _precision?: Token | null }, at: Place): Expression => {
    const precision = context._precision?.text;
    return { kind: 'current', what, precision: precision === undefined ? undefined : Number(precision), at };
  };
}
on(G.CurrentDateContext, current('date'));
on(G.CurrentTimeContext, current('time'));
on(G.CurrentTimestampContext, current('timestamp'));
on(G.LocalTimeContext, current('localtime'));
on(G.LocalTimestampContext, current('localtimestamp'));
on(G.CurrentUserContext, current('user'));
on(G.CurrentCatalogContext, current('catalog'));
on(G.CurrentSchemaContext, current('schema'));
on(G.CurrentPathContext, current('path'));

on(G.FunctionCallContext, functionCall);
on(G.ListAggContext, listagg);
on(G.MeasureContext, (context, at) => windowed(identifier(context.identifier()), context.over(), at));
on(G.JsonExistsContext, jsonExists);
on(G.JsonValueContext, jsonValue);
on(G.JsonQueryContext, jsonQuery);
on(G.JsonObjectContext, jsonObject);
on(G.JsonArrayContext, jsonArray);
