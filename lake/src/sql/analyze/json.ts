import type { Expression, JsonBehavior, JsonPathCall, Of, Place, TypeName } from '../ast.ts';
import { emitCast } from '../casts/cast.ts';
import { once } from '../casts/once.ts';
import { failText } from '../functions/fail.ts';
import { parsePath } from '../json-path/parse.ts';
import { canCoerce, displayType, duckdbType, quoteText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { BOOLEAN, type Context, coerce, type Typed, VARCHAR } from './context.ts';
import { analyze } from './expressions.ts';
import { typeNamed } from './literals.ts';
import { notSupported, refuse } from './refuse.ts';

const JSON_TYPE: Type = { kind: 'json' };

/** Input, path and passed values as DuckDB text. */
export function pathArguments(call: JsonPathCall, context: Context, at: Place): string {
  try {
    parsePath(call.path);
  } catch (error) {
    throw refuse('INVALID_PATH', at, `invalid JSON path: ${(error as Error).message}`);
  }
  const input = analyze(call.input, context);
  if (input.type.kind !== 'varchar' && input.type.kind !== 'char' && input.type.kind !== 'unknown') {
    throw refuse(
      'TYPE_MISMATCH',
      call.input.at,
      `Cannot read input of type ${displayType(input.type)} as JSON using formatting JSON`,
    );
  }
  const passed = call.passing.map(({ name, value, formatted }) => {
    const text = jsonText(value, formatted, context, { name: 'JSON path', at });
    return `${quoteText(`${JSON.stringify(name.quoted ? name.name : name.name.toUpperCase())}:`)} || ${text}`;
  });
  const variables = passed.length === 0 ? "'{}'" : `('{' || ${passed.join(" || ',' || ")} || '}')`;
  return `${coerce(input, VARCHAR)}, ${quoteText(call.path)}, ${variables}`;
}

/** Expressions that give JSON text: it is taken as JSON, not as a string. */
const jsonForms = new Set(['json-query', 'json-object', 'json-array']);

interface Owner {
  readonly name: string;
  readonly at: Place;
}

/** A value as JSON text, null as `null`. */
function jsonText(node: Expression, formatted: boolean, context: Context, owner: Owner): string {
  const value = analyze(node, context);
  if (['array', 'map', 'row', 'varbinary', 'json'].includes(value.type.kind) && !formatted) {
    const message = `Unsupported type of value passed to ${owner.name} function: ${displayType(value.type)}`;
    throw refuse('NOT_SUPPORTED', owner.at, message);
  }
  if (jsonForms.has(node.kind)) return `coalesce(${coerce(value, VARCHAR)}, 'null')`;
  if (formatted)
    return `coalesce(weir_json_query(${coerce(value, VARCHAR)}, 'lax $', '{}', 'without', 'keep', 'null', 'error'), 'null')`;
  if (value.type.kind === 'unknown') return "'null'";
  return `coalesce(${emitCast(value.sql, value.type, JSON_TYPE)}, 'null')`;
}

export function jsonExists(node: Of<'json-exists'>, context: Context): Typed {
  const input = pathArguments(node.call, context, node.at);
  return { sql: `weir_json_exists(${input}, ${quoteText(node.onError.kind)})`, type: BOOLEAN };
}

export function jsonValue(node: Of<'json-value'>, context: Context): Typed {
  const type = node.returning ? typeNamed(node.returning, node.at) : VARCHAR;
  const input = pathArguments(node.call, context, node.at);
  const found = `weir_json_value(${input}, ${quoteText(node.onError.kind)})`;
  return { sql: valueText(found, type, node, context), type };
}

/** The value found, or what ON EMPTY and ON ERROR say. */
export function valueText(
  found: string,
  type: Type,
  node: { readonly onEmpty: JsonBehavior; readonly onError: JsonBehavior },
  context: Context,
): string {
  const empty = behavior(node.onEmpty, type, context);
  const error = behavior(node.onError, type, context);
  return once(found, (x) => {
    const value = emitCast(`substr(${x}, 2)`, VARCHAR, type, { safe: node.onError.kind !== 'error' });
    const checked = node.onError.kind === 'default' ? `coalesce(${value}, ${error})` : value;
    return `(CASE ${x} WHEN '0' THEN ${empty} WHEN '!' THEN ${error} ELSE ${checked} END)`;
  });
}

function behavior(given: JsonBehavior, type: Type, context: Context): string {
  if (given.kind === 'error') {
    const message = 'cannot extract SQL scalar from JSON: JSON path found no items';
    return failText('JSON_VALUE_RESULT_ERROR', message, duckdbType(type));
  }
  if (given.kind !== 'default') return `CAST(NULL AS ${duckdbType(type)})`;
  const value = analyze(given.value, context);
  if (!canCoerce(value.type, type)) {
    throw refuse(
      'TYPE_MISMATCH',
      given.value.at,
      `Function JSON_VALUE default result must evaluate to a ${displayType(type)} (actual: ${displayType(value.type)})`,
    );
  }
  return coerce(value, type);
}

function textType(returning: TypeName | undefined, what: string, at: Place): Type {
  const type = returning ? typeNamed(returning, at) : VARCHAR;
  if (type.kind !== 'varchar') throw notSupported(`${what} RETURNING ${displayType(type)}`, at);
  return type;
}

export function jsonQuery(node: Of<'json-query'>, context: Context): Typed {
  const type = textType(node.returning, 'JSON_QUERY', node.at);
  const input = pathArguments(node.call, context, node.at);
  const rest = [node.wrapper, node.quotes ?? 'keep', node.onEmpty.kind, node.onError.kind].map(quoteText).join(', ');
  return { sql: `weir_json_query(${input}, ${rest})`, type };
}

export function jsonObject(node: Of<'json-object'>, context: Context): Typed {
  const type = textType(node.returning, 'JSON_OBJECT', node.at);
  if (node.uniqueKeys) throw notSupported('JSON_OBJECT WITH UNIQUE KEYS', node.at);
  const parts = node.members.map((member) => {
    const key = analyze(member.key, context);
    if (key.type.kind !== 'varchar' && key.type.kind !== 'char') {
      throw refuse('INVALID_FUNCTION_ARGUMENT', member.key.at, 'key must be a character string');
    }
    const text = jsonText(member.value, member.formatted, context, { name: 'JSON_OBJECT', at: node.at });
    const pair = `(${emitCast(key.sql, key.type, JSON_TYPE)} || ':' || ${text})`;
    return node.nullOnNull ? pair : `(CASE WHEN ${text} = 'null' THEN NULL ELSE ${pair} END)`;
  });
  return { sql: joined('{', parts, '}'), type };
}

export function jsonArray(node: Of<'json-array'>, context: Context): Typed {
  const type = textType(node.returning, 'JSON_ARRAY', node.at);
  const parts = node.items.map((item) => {
    const text = jsonText(item.value, item.formatted, context, { name: 'JSON_ARRAY', at: node.at });
    return node.nullOnNull ? text : `nullif(${text}, 'null')`;
  });
  return { sql: joined('[', parts, ']'), type };
}

/** Parts that are null are left out. */
function joined(open: string, parts: readonly string[], close: string): string {
  if (parts.length === 0) return quoteText(`${open}${close}`);
  return `(${quoteText(open)} || concat_ws(',', ${parts.join(', ')}) || ${quoteText(close)})`;
}
