import type { ParserRuleContext, Token } from 'antlr4ng';
import * as G from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import type {
  Expression,
  Frame,
  FrameBound,
  FunctionCall,
  Identifier,
  Over,
  Place,
  SortItem,
  WindowSpecification,
} from '../ast.ts';
import { expression } from './expressions.ts';
import { identifier, string } from './literals.ts';
import { placeOf, placeOfToken, syntaxError } from './place.ts';

export function sortItem(context: G.SortItemContext): SortItem {
  const key = context.expression() ?? context.columnRef()?.qualifiedName();
  if (!key) throw syntaxError(placeOf(context), 'ORDER BY needs an expression');
  return {
    key: expression(key),
    descending: context.KW_DESC() !== null,
    nullsFirst: context.KW_FIRST() !== null,
    nullsGiven: context.KW_NULLS() !== null,
    at: placeOf(context),
  };
}

/** Forms that look like functions to the grammar and are syntax to Trino. */
function special(name: string, args: readonly Expression[], at: Place): Expression | undefined {
  const wrong = () => syntaxError(at, `Invalid number of arguments for '${name}' function`);
  const [first, second, third] = args;
  switch (name) {
    case 'if':
      if (!first || !second || args.length > 3) throw wrong();
      return { kind: 'if', condition: first, yes: second, otherwise: third, at };
    case 'nullif':
      if (!first || !second || args.length > 2) throw wrong();
      return { kind: 'nullif', left: first, right: second, at };
    case 'coalesce':
      if (args.length < 2) throw syntaxError(at, "The 'coalesce' function must have at least two arguments");
      return { kind: 'coalesce', operands: args, at };
    case 'try':
      if (!first || args.length > 1) throw syntaxError(at, "The 'try' function must have exactly one argument");
      return { kind: 'try', value: first, at };
    default:
      return undefined;
  }
}

export function functionCall(context: G.FunctionCallContext, at: Place): Expression {
  const name = context.functionName().qualifiedName().identifier().map(identifier);
  const args = context.expression().map(expression);
  const overContext = context.over();
  if (name.length === 1 && name[0]) {
    const form = special(name[0].name.toLowerCase(), args, at);
    if (form) {
      const what = `'${name[0].name.toLowerCase()}' function`;
      if (overContext) throw syntaxError(at, `OVER clause not valid for ${what}`);
      if (context.setQuantifier()?.KW_DISTINCT()) throw syntaxError(at, `DISTINCT not valid for ${what}`);
      if (context.filter()) throw syntaxError(at, `FILTER not valid for ${what}`);
      return form;
    }
  }
  if (context.processingMode()) throw syntaxError(at, 'RUNNING and FINAL are only valid in row pattern recognition');
  const nulls = context.nullTreatment();
  return {
    kind: 'call',
    name,
    args,
    star: context.ASTERISK() !== null,
    distinct: Boolean(context.setQuantifier()?.KW_DISTINCT()),
    filter: filter(context.filter()),
    orderBy: context.sortItem().map(sortItem),
    over: overContext ? over(overContext) : undefined,
    nulls: nulls ? (nulls.KW_IGNORE() ? 'ignore' : 'respect') : undefined,
    at,
  };
}

function filter(context: G.FilterContext | null): Expression | undefined {
  const where = context?.whereClause().booleanExpression();
  return where ? expression(where) : undefined;
}

export function listagg(context: G.ListAggContext, at: Place): Expression {
  if (!context.KW_WITHIN()) {
    const next = placeOfToken(context.stop as Token);
    throw syntaxError(next, "mismatched input. Expecting: 'WITHIN'");
  }
  const separator = context.string();
  const behavior = context.listAggOverflowBehavior();
  const filler = behavior?.string();
  return {
    kind: 'call',
    name: [{ kind: 'identifier', name: 'listagg', quoted: false, at }],
    args: [
      expression(context.expression()),
      { kind: 'string', value: separator ? string(separator) : '', at: separator ? placeOf(separator) : at },
    ],
    star: false,
    distinct: Boolean(context.setQuantifier()?.KW_DISTINCT()),
    filter: filter(context.filter()),
    orderBy: context.sortItem().map(sortItem),
    over: undefined,
    nulls: undefined,
    overflow: {
      truncate: Boolean(behavior?.KW_TRUNCATE()),
      filler: filler ? string(filler) : '...',
      count: Boolean(behavior?.listAggCountIndication() && !behavior.listAggCountIndication()?.KW_WITHOUT()),
    },
    at,
  };
}

/** `name OVER w`: a measure of row pattern recognition, which only MATCH_RECOGNIZE can give a meaning. */
export function windowed(name: Identifier, context: G.OverContext, at: Place): Expression {
  const call: FunctionCall = {
    kind: 'call',
    name: [name],
    args: [],
    star: false,
    distinct: false,
    filter: undefined,
    orderBy: [],
    over: over(context),
    nulls: undefined,
    at,
  };
  return call;
}

function over(context: G.OverContext): Over {
  const specification = context.windowSpecification();
  if (specification) return { kind: 'specification', window: windowSpecification(specification) };
  const name = context._windowName ?? context.identifier();
  if (!name) {
    const at = placeOf(context);
    return { kind: 'specification', window: { base: undefined, partitionBy: [], orderBy: [], frame: undefined, at } };
  }
  return { kind: 'reference', name: identifier(name) };
}

export function windowSpecification(context: G.WindowSpecificationContext): WindowSpecification {
  const base = context._existingWindowName;
  const frameContext = context.windowFrame();
  if (frameContext && (frameContext.KW_PATTERN() || frameContext.measureDefinition().length > 0)) {
    throw syntaxError(placeOf(frameContext), 'Row pattern recognition in windows is not supported');
  }
  return {
    base: base ? identifier(base) : undefined,
    partitionBy: context.partitionBy()?.expression().map(expression) ?? [],
    orderBy: context.sortItem().map(sortItem),
    frame: frameContext ? frame(frameContext.frameExtent()) : undefined,
    at: placeOf(context),
  };
}

function frame(context: G.FrameExtentContext): Frame {
  const unit = context.KW_RANGE() ? 'RANGE' : context.KW_ROWS() ? 'ROWS' : 'GROUPS';
  const [start, end] = context.frameBound().map(bound);
  if (!start) throw syntaxError(placeOf(context), 'A window frame needs a start');
  return { unit, start, end, at: placeOf(context) };
}

function bound(context: ParserRuleContext): FrameBound {
  if (context instanceof G.BoundedFrameContext) {
    return { kind: context.KW_PRECEDING() ? 'preceding' : 'following', value: expression(context.expression()) };
  }
  if (context instanceof G.UnboundedFrameContext) {
    return { kind: context.KW_PRECEDING() ? 'unbounded-preceding' : 'unbounded-following' };
  }
  return { kind: 'current-row' };
}
