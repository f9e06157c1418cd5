import { BIGINT, type Context, type Typed } from '../analyze/context.ts';
import { pathArguments, valueText } from '../analyze/json.ts';
import { typeNamed } from '../analyze/literals.ts';
import { field, type Scope } from '../analyze/scope.ts';
import { alias } from '../analyze/state.ts';
import type { Identifier, JsonTableColumn, Relation } from '../ast.ts';
import { quoteText } from '../types/index.ts';
import type { Place } from './place.ts';
import type { RelationPlan } from './relation.ts';

type JsonTable = Extract<Relation, { kind: 'json-table' }>;

/** JSON_TABLE: a row for each item that the path finds. */
export function jsonTable(relation: JsonTable, place: Place, lateral: Scope | undefined): RelationPlan {
  const scope: Scope = lateral ?? { fields: [], parent: place.parent };
  const context: Context = { state: place.state, scope, names: place.names, variables: [] };
  const input = pathArguments(relation.call, context, relation.at);
  const items = `weir_json_items(${input}, ${quoteText(relation.errorOnError ? 'error' : 'null')})`;
  const [inner, name] = [alias(place.state, 'u'), alias(place.state, 't')];
  const columns = relation.columns.map((column) => ({
    name: canonical(column.name),
    value: columnValue(column, relation, context),
  }));
  const select = columns.map((column, index) => `${column.value.sql} AS c${index}`).join(', ');
  const numbered = `SELECT unnest(${items}) AS i, unnest(range(1, coalesce(len(${items}), 0) + 1)) AS n`;
  return {
    sql: `LATERAL (SELECT ${select} FROM (${numbered}) AS ${inner}) AS ${name}`,
    fields: columns.map((column, index) =>
      field({
        name: column.name,
        qualifier: [],
        type: column.value.type,
        sql: `${name}.c${index}`,
        hidden: false,
        home: undefined,
      }),
    ),
    tree: { kind: 'leaf', source: { kind: 'opaque' } },
  };
}

/** Trino keeps the names of these columns in capitals unless they are quoted. */
function canonical(name: Identifier): string {
  return name.quoted ? name.name : name.name.toUpperCase();
}

function columnValue(column: JsonTableColumn, relation: JsonTable, context: Context): Typed {
  if (column.kind === 'ordinality') return { sql: 'n', type: BIGINT };
  const type = typeNamed(column.type, column.type.at);
  const path = column.path ?? `lax $.${JSON.stringify(canonical(column.name))}`;
  const onError = column.onError.kind === 'null' && relation.errorOnError ? { kind: 'error' as const } : column.onError;
  const found = `weir_json_value(i, ${quoteText(path)}, '{}', ${quoteText(onError.kind)})`;
  return { sql: valueText(found, type, { onEmpty: column.onEmpty, onError }, context), type };
}
