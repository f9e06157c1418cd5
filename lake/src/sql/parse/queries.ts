import type { ParserRuleContext, Token } from 'antlr4ng';
import * as G from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import type {
  Body,
  Expression,
  GroupingElement,
  NamedQuery,
  QualifiedName,
  Query,
  RowCount,
  Select,
  SelectItem,
} from '../ast.ts';
import { sortItem, windowSpecification } from './calls.ts';
import { expression } from './expressions.ts';
import { identifier, qualifiedName } from './literals.ts';
import { placeOf, placeOfToken, syntaxError } from './place.ts';
import { relation } from './relations.ts';
import { parameters } from './tree.ts';

export function rootQuery(context: G.RootQueryContext): Query {
  const functions = context.withFunction();
  if (functions) throw syntaxError(placeOf(functions), 'Inline functions are not supported');
  return query(context.query());
}

export function query(context: G.QueryContext): Query {
  if (!(context instanceof G.QueryStatementContext)) throw syntaxError(placeOf(context), 'Unknown query');
  const withContext = context.with();
  const inner = queryNoWith(context.queryNoWith());
  if (!withContext) return inner;
  return {
    ...inner,
    with: { recursive: withContext.KW_RECURSIVE() !== null, queries: withContext.namedQuery().map(namedQuery) },
    at: placeOf(context),
  };
}

function namedQuery(context: G.NamedQueryContext): NamedQuery {
  return {
    name: identifier(context._name ?? context.identifier()),
    columns: context.columnAliases()?.identifier().map(identifier),
    query: query(context.query()),
    at: placeOf(context),
  };
}

export function queryNoWith(context: G.QueryNoWithContext): Query {
  const limit = context.limitRowCount();
  const fetch = context.KW_FETCH();
  const ties = context.KW_TIES();
  return {
    with: undefined,
    body: body(context.queryTerm()),
    orderBy: context.sortItem().map(sortItem),
    offset: context._offset ? rowCount(context._offset) : undefined,
    limit: limit
      ? limitCount(limit)
      : fetch
        ? context._fetchFirst
          ? rowCount(context._fetchFirst)
          : { kind: 'count', value: '1' }
        : undefined,
    withTies: fetch && ties ? placeOfToken(fetch.symbol) : undefined,
    at: placeOf(context),
  };
}

function limitCount(context: G.LimitRowCountContext): RowCount | undefined {
  const count = context.rowCount();
  return count ? rowCount(count) : undefined;
}

function rowCount(context: G.RowCountContext): RowCount {
  const parameter = context.QUESTION_MARK();
  if (parameter) return { kind: 'parameter', index: parameters.get(parameter.symbol) ?? 0 };
  const value = context.getText().replaceAll('_', '');
  if (BigInt(value) >= 2n ** 63n) throw syntaxError(placeOf(context), `Invalid numeric literal: ${context.getText()}`);
  return { kind: 'count', value };
}

function body(context: ParserRuleContext): Body {
  const at = placeOf(context);
  if (context instanceof G.QueryTermDefaultContext) return body(context.queryPrimary());
  if (context instanceof G.QueryPrimaryDefaultContext) return select(context.querySpecification());
  if (context instanceof G.SetOperationContext) {
    const token = context._operator as Token;
    return {
      kind: 'set',
      operator: token.text?.toUpperCase() as 'UNION' | 'INTERSECT' | 'EXCEPT',
      all: Boolean(context.setQuantifier()?.KW_ALL()),
      left: body(context._left as ParserRuleContext),
      right: body(context._right as ParserRuleContext),
      at: placeOfToken(token),
    };
  }
  if (context instanceof G.TableContext) return { kind: 'table', name: tableName(context.tableRef()), at };
  if (context instanceof G.InlineTableContext)
    return { kind: 'values', rows: context.expression().map(expression), at };
  if (context instanceof G.SubqueryContext) return { kind: 'nested', query: queryNoWith(context.queryNoWith()), at };
  throw syntaxError(at, 'Unknown query');
}

export function tableName(
  context:
    | G.TableRefContext
    | G.ViewRefContext
    | G.TableNameCreateContext
    | G.ViewNameCreateContext
    | G.SchemaRefContext,
): QualifiedName {
  return qualifiedName(context, context.identifier());
}

function select(context: G.QuerySpecificationContext): Select {
  const groupBy = context.groupBy();
  const where = context.whereClause()?.booleanExpression();
  const having = context.havingClause()?.booleanExpression();
  const relations = context.relation().map(relation);
  return {
    kind: 'select',
    distinct: Boolean(context.setQuantifier()?.KW_DISTINCT()),
    items: context.selectList().selectItem().map(selectItem),
    from:
      relations.length === 0
        ? undefined
        : relations.reduce((left, right) => ({
            kind: 'join',
            type: 'implicit',
            left,
            right,
            criteria: undefined,
            at: placeOf(context),
          })),
    where: where ? expression(where) : undefined,
    groupBy: groupBy
      ? {
          distinct: Boolean(groupBy.setQuantifier()?.KW_DISTINCT()),
          elements: groupBy.groupingElement().map(groupingElement),
          at: placeOf(groupBy),
        }
      : undefined,
    having: having ? expression(having) : undefined,
    windows: context.windowDefinition().map((definition) => ({
      name: identifier(definition._name ?? definition.identifier()),
      window: windowSpecification(definition.windowSpecification()),
    })),
    at: placeOf(context),
  };
}

function selectItem(context: G.SelectItemContext): SelectItem {
  const at = placeOf(context);
  if (context.selectAllWithoutTable()) return { kind: 'all', target: undefined, aliases: [], at };
  const table = context.tableAllColumns();
  if (table) {
    const aliases = context.columnAliases()?.identifier().map(identifier) ?? [];
    return { kind: 'all', target: expression(table.primaryExpression()), aliases, at };
  }
  const value =
    context.selectLiteralColumnName()?.columnRef().qualifiedName() ??
    context.selectExpressionColumnName()?.expression();
  if (!value) throw syntaxError(at, 'Expecting: <expression>');
  const alias = context._alias ?? context.identifier();
  return { kind: 'expression', value: expression(value), alias: alias ? identifier(alias) : undefined, at };
}

function groupingTerms(context: G.GroupingSetContext): Expression[] {
  return context.groupingTerm().map((term) => {
    const inner = term.expression() ?? term.columnRef()?.qualifiedName();
    if (!inner) throw syntaxError(placeOf(term), 'Expecting: <expression>');
    return expression(inner);
  });
}

function groupingElement(context: G.GroupingElementContext): GroupingElement {
  if (context instanceof G.SingleGroupingSetContext)
    return { kind: 'simple', terms: groupingTerms(context.groupingSet()) };
  if (context instanceof G.RollupContext) return { kind: 'rollup', sets: context.groupingSet().map(groupingTerms) };
  if (context instanceof G.CubeContext) return { kind: 'cube', sets: context.groupingSet().map(groupingTerms) };
  if (context instanceof G.MultipleGroupingSetsContext)
    return { kind: 'sets', sets: context.groupingSet().map(groupingTerms) };
  throw syntaxError(placeOf(context), 'Unknown GROUP BY element');
}
