import { BIGINT, type Context, type Typed } from '../analyze/context.ts';
import { analyze } from '../analyze/expressions.ts';
import { refuse } from '../analyze/refuse.ts';
import { field, type Scope } from '../analyze/scope.ts';
import { alias } from '../analyze/state.ts';
import type { Relation } from '../ast.ts';
import { displayType, fieldKeys, quoteText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { refuseGroupOperations } from './grouping-checks.ts';
import type { Place } from './place.ts';
import type { Hoist, RelationPlan } from './relation.ts';

interface Column {
  readonly name: string | undefined;
  readonly type: Type;
  /** The text over the unnested columns, which are called u0, u1, ... */
  readonly sql: string;
}

interface Part {
  /** Lists that are unnested side by side. */
  readonly lists: readonly string[];
  readonly columns: (first: number) => readonly Column[];
}

function part(value: Typed): Part {
  const { type, sql } = value;
  if (type.kind === 'map') {
    const columns = (first: number) => [
      { name: undefined, type: type.key, sql: `u${first}` },
      { name: undefined, type: type.value, sql: `u${first + 1}` },
    ];
    return { lists: [`map_keys(${sql})`, `map_values(${sql})`], columns };
  }
  if (type.kind !== 'array') {
    throw refuse('INVALID_FUNCTION_ARGUMENT', undefined, `Cannot unnest type: ${displayType(type)}`);
  }
  const { element } = type;
  if (element.kind !== 'row') {
    return { lists: [sql], columns: (first) => [{ name: undefined, type: element, sql: `u${first}` }] };
  }
  const keys = fieldKeys(element);
  const columns = (first: number) =>
    element.fields.map((each, index) => ({
      name: each.name,
      type: each.type,
      sql: `struct_extract(u${first}, ${quoteText(keys[index]!)})`,
    }));
  return { lists: [sql], columns };
}

/** UNNEST: lists side by side, the shorter filled up with nulls. */
export function unnest(
  relation: Extract<Relation, { kind: 'unnest' }>,
  place: Place,
  lateral: Scope | undefined,
  hoist?: Hoist,
): RelationPlan {
  const scope: Scope = lateral ?? { fields: [], parent: place.parent };
  const context: Context = { state: place.state, scope, names: place.names, variables: [] };
  const parts = relation.values.map((value) => {
    refuseGroupOperations(value, 'UNNEST');
    return part(analyze(value, context));
  });
  const written = parts.flatMap((each) => each.lists);
  // DuckDB finds no column of the left within a lambda: then the lists are computed there.
  const beside = hoist && written.some((list) => list.includes('lambda '));
  const lists = beside ? written.map((sql) => hoist({ sql, type: BIGINT })) : written;
  let first = 0;
  const columns: Column[] = [];
  for (const each of parts) {
    columns.push(...each.columns(first));
    first += each.lists.length;
  }
  const unnested = lists.map((list, index) => `unnest(${list}) AS u${index}`);
  if (relation.ordinality) {
    columns.push({ name: undefined, type: BIGINT, sql: 'n' });
    const sizes = lists.map((list) => `coalesce(len(${list}), 0)`);
    const size = sizes.length === 1 ? sizes[0]! : `greatest(${sizes.join(', ')})`;
    unnested.push(`unnest(range(1, ${size} + 1)) AS n`);
  }
  const [inner, name] = [alias(place.state, 'u'), alias(place.state, 't')];
  const select = columns.map((column, index) => `${column.sql} AS c${index}`).join(', ');
  const fields = columns.map((column, index) =>
    field({
      name: column.name,
      qualifier: [],
      type: column.type,
      sql: `${name}.c${index}`,
      hidden: false,
      home: undefined,
    }),
  );
  return {
    sql: `LATERAL (SELECT ${select} FROM (SELECT ${unnested.join(', ')}) AS ${inner}) AS ${name}`,
    fields,
    tree: { kind: 'leaf', source: { kind: 'opaque' } },
  };
}
