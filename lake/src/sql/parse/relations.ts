import type { ParserRuleContext } from 'antlr4ng';
import * as G from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import type { JoinCriteria, Relation } from '../ast.ts';
import { expression } from './expressions.ts';
import { jsonTable } from './json.ts';
import { identifier } from './literals.ts';
import { placeOf, syntaxError } from './place.ts';
import { query, tableName } from './queries.ts';

export function relation(context: ParserRuleContext): Relation {
  if (context instanceof G.RelationDefaultContext) return sampled(context.sampledRelation());
  if (context instanceof G.SampledRelationContext) return sampled(context);
  if (context instanceof G.JoinRelationContext) return join(context);
  throw syntaxError(placeOf(context), 'Unknown relation');
}

function join(context: G.JoinRelationContext): Relation {
  const at = placeOf(context);
  const left = relation(context._left as ParserRuleContext);
  const right = relation((context._rightRelation ?? context._right) as ParserRuleContext);
  if (context.KW_CROSS()) return { kind: 'join', type: 'cross', left, right, criteria: undefined, at };
  const words = context.joinType();
  const type = words?.KW_LEFT() ? 'left' : words?.KW_RIGHT() ? 'right' : words?.KW_FULL() ? 'full' : 'inner';
  if (context.KW_NATURAL()) return { kind: 'join', type, left, right, criteria: { kind: 'natural' }, at };
  const criteria = context.joinCriteria();
  if (!criteria) throw syntaxError(at, "Expecting: 'ON', 'USING'");
  return { kind: 'join', type, left, right, criteria: joinCriteria(criteria), at };
}

function joinCriteria(context: G.JoinCriteriaContext): JoinCriteria {
  if (context.KW_USING()) return { kind: 'using', columns: context.identifier().map(identifier) };
  const condition = context.booleanExpression() ?? context.joinColumnEquality();
  if (!condition) throw syntaxError(placeOf(context), "Expecting: 'ON', 'USING'");
  return { kind: 'on', condition: expression(condition) };
}

function sampled(context: G.SampledRelationContext): Relation {
  const inner = pattern(context.patternRecognition());
  const percentage = context._percentage ?? context.expression();
  if (!percentage) return inner;
  const method = context.sampleType()?.KW_SYSTEM() ? 'SYSTEM' : 'BERNOULLI';
  return { kind: 'sample', relation: inner, method, percentage: expression(percentage), at: placeOf(context) };
}

function pattern(context: G.PatternRecognitionContext): Relation {
  if (context.KW_MATCH_RECOGNIZE()) return { kind: 'unsupported', what: 'MATCH_RECOGNIZE', at: placeOf(context) };
  return aliased(context.aliasedRelation());
}

function aliased(context: G.AliasedRelationContext): Relation {
  const inner = primary(context.relationPrimary());
  const alias = context._alias ?? context.identifier();
  if (!alias) return inner;
  return {
    kind: 'aliased',
    relation: inner,
    alias: identifier(alias),
    columns: context.columnAliases()?.identifier().map(identifier),
    at: placeOf(context),
  };
}

function primary(context: ParserRuleContext): Relation {
  const at = placeOf(context);
  if (context instanceof G.TableNameContext) {
    if (context.queryPeriod()) return { kind: 'unsupported', what: 'FOR TIMESTAMP AS OF and FOR VERSION AS OF', at };
    const name = context.tableOrViewName().tableRef() ?? context.tableOrViewName().viewRef();
    if (!name) throw syntaxError(at, 'Expecting: <identifier>');
    return { kind: 'table', name: tableName(name), at };
  }
  if (context instanceof G.ParenthesizedRelationContext) return relation(context.relation());
  if (context instanceof G.ExpressionSourceTableContext) return primary(context.relationSourceTable());
  if (context instanceof G.SubqueryRelationContext) return { kind: 'subquery', query: query(context.query()), at };
  if (context instanceof G.LateralContext) return { kind: 'lateral', query: query(context.query()), at };
  if (context instanceof G.UnnestContext) {
    return {
      kind: 'unnest',
      values: context.expression().map(expression),
      ordinality: context.KW_ORDINALITY() !== null,
      at,
    };
  }
  if (context instanceof G.JsonTableContext) return jsonTable(context);
  if (context instanceof G.TableFunctionInvocationContext) return { kind: 'unsupported', what: 'TABLE functions', at };
  throw syntaxError(at, `Unknown relation ${context.constructor.name}`);
}
