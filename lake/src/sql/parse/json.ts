import * as G from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import type { Expression, JsonBehavior, JsonPathCall, JsonTableColumn, Place, Relation } from '../ast.ts';
import { expression } from './expressions.ts';
import { identifier, string, typeName } from './literals.ts';
import { placeOf, syntaxError } from './place.ts';

export function jsonPathCall(context: G.JsonPathInvocationContext): JsonPathCall {
  const input = context.jsonValueExpression();
  return {
    input: expression(input.expression()),
    inputFormatted: input.KW_FORMAT() !== null,
    path: string(context._path ?? context.string()),
    passing: context.jsonArgument().map((argument) => ({
      name: identifier(argument.identifier()),
      value: expression(argument.jsonValueExpression().expression()),
      formatted: argument.jsonValueExpression().KW_FORMAT() !== null,
    })),
  };
}

const NULL: JsonBehavior = { kind: 'null' };

function valueBehavior(context: G.JsonValueBehaviorContext | undefined): JsonBehavior {
  if (!context || context.KW_NULL()) return NULL;
  const value = context.expression();
  return context.KW_ERROR() || !value ? { kind: 'error' } : { kind: 'default', value: expression(value) };
}

function queryBehavior(context: G.JsonQueryBehaviorContext | undefined): JsonBehavior {
  if (!context || context.KW_NULL()) return NULL;
  if (context.KW_ERROR()) return { kind: 'error' };
  return { kind: context.KW_ARRAY() ? 'empty array' : 'empty object' };
}

export function jsonExists(context: G.JsonExistsContext, at: Place): Expression {
  const behavior = context.jsonExistsErrorBehavior();
  const kind = behavior?.KW_TRUE()
    ? 'true'
    : behavior?.KW_UNKNOWN()
      ? 'unknown'
      : behavior?.KW_ERROR()
        ? 'error'
        : 'false';
  return { kind: 'json-exists', call: jsonPathCall(context.jsonPathInvocation()), onError: { kind }, at };
}

export function jsonValue(context: G.JsonValueContext, at: Place): Expression {
  const type = context.type();
  return {
    kind: 'json-value',
    call: jsonPathCall(context.jsonPathInvocation()),
    returning: type ? typeName(type) : undefined,
    onEmpty: valueBehavior(context._emptyBehavior),
    onError: valueBehavior(context._errorBehavior),
    at,
  };
}

export function jsonQuery(context: G.JsonQueryContext, at: Place): Expression {
  const type = context.type();
  const wrapper = context.jsonQueryWrapperBehavior();
  const quotes = context.KW_KEEP() ? 'keep' : context.KW_OMIT() ? 'omit' : undefined;
  return {
    kind: 'json-query',
    call: jsonPathCall(context.jsonPathInvocation()),
    returning: type ? typeName(type) : undefined,
    wrapper: !wrapper || wrapper.KW_WITHOUT() ? 'without' : wrapper.KW_CONDITIONAL() ? 'conditional' : 'unconditional',
    quotes,
    onEmpty: queryBehavior(context._emptyBehavior),
    onError: queryBehavior(context._errorBehavior),
    at,
  };
}

export function jsonObject(context: G.JsonObjectContext, at: Place): Expression {
  const type = context.type();
  return {
    kind: 'json-object',
    members: context.jsonObjectMember().map((member) => ({
      key: expression(member.expression()),
      value: expression(member.jsonValueExpression().expression()),
      formatted: member.jsonValueExpression().KW_FORMAT() !== null,
    })),
    nullOnNull: context.KW_ABSENT() === null,
    uniqueKeys: context.KW_UNIQUE() !== null && context.KW_WITHOUT() === null,
    returning: type ? typeName(type) : undefined,
    at,
  };
}

export function jsonArray(context: G.JsonArrayContext, at: Place): Expression {
  const type = context.type();
  return {
    kind: 'json-array',
    items: context.jsonValueExpression().map((item) => ({
      value: expression(item.expression()),
      formatted: item.KW_FORMAT() !== null,
    })),
    nullOnNull: context.KW_NULL().length > 0,
    returning: type ? typeName(type) : undefined,
    at,
  };
}

function tableColumn(context: G.JsonTableColumnContext): JsonTableColumn {
  if (context instanceof G.OrdinalityColumnContext)
    return { kind: 'ordinality', name: identifier(context.identifier()) };
  if (context instanceof G.ValueColumnContext) {
    const path = context.string();
    return {
      kind: 'value',
      name: identifier(context.identifier()),
      type: typeName(context.type()),
      path: path ? string(path) : undefined,
      onEmpty: valueBehavior(context._emptyBehavior),
      onError: valueBehavior(context._errorBehavior),
    };
  }
  throw syntaxError(placeOf(context), 'JSON_TABLE columns with FORMAT JSON or NESTED are not supported');
}

export function jsonTable(context: G.JsonTableContext): Relation {
  return {
    kind: 'json-table',
    call: jsonPathCall(context.jsonPathInvocation()),
    columns: context.jsonTableColumn().map(tableColumn),
    errorOnError: context.KW_ON() !== null && context.KW_ERROR().length > 0,
    at: placeOf(context),
  };
}
