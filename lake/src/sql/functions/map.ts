import { once } from '../casts/once.ts';
import { emitText } from '../casts/text.ts';
import { duckdbType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { type Emit, type FunctionDefinition, scalar } from './definition.ts';
import { applyLambda, castTo } from './emission.ts';
import { failText, failWith } from './fail.ts';
import { distinctList, holdsNullItem } from './lists.ts';

const invalid = 'INVALID_FUNCTION_ARGUMENT';

type MapType = Extract<Type, { kind: 'map' }>;

/** A map of keys that must differ, with Trino's failure where they do not. */
function checkedMap(keys: string, values: string, result: Type): string {
  const type = duckdbType(result);
  const { key } = result as MapType;
  return once(keys, (k) => {
    const repeated = `list_filter(${k}, lambda weir_k, weir_i: list_position(${k}, weir_k) <> weir_i)[1]`;
    const duplicate = failWith(
      invalid,
      `'Duplicate map keys (' || coalesce(${emitText(repeated, key)}, '') || ') are not allowed'`,
      type,
    );
    const missing = failText(invalid, 'map key cannot be null', type);
    return `CASE WHEN ${holdsNullItem(k)} THEN ${missing} WHEN len(list_distinct(${k})) <> len(${k}) THEN ${duplicate} ELSE CAST(map(${k}, ${values}) AS ${type}) END`;
  });
}

const fromArrays: Emit = ([keys, values], { result }) => {
  const unequal = failText(invalid, 'Key and value arrays must be the same length', duckdbType(result));
  return `CASE WHEN ${keys} IS NULL OR ${values} IS NULL THEN NULL WHEN len(${keys}) <> len(${values}) THEN ${unequal} ELSE ${checkedMap(keys!, values!, result)} END`;
};

function entryFields(context: { readonly types: readonly Type[] }): readonly [string, string] {
  const entry = context.types[0] as Extract<Type, { kind: 'array' }>;
  const names =
    entry.element.kind === 'row' ? entry.element.fields.map((field, index) => field.name ?? `field${index}`) : [];
  return [`"${names[0] ?? 'field0'}"`, `"${names[1] ?? 'field1'}"`];
}

const fromEntries: Emit = ([entries], context) => {
  const [key, value] = entryFields(context);
  return once(entries!, (x) => {
    const missing = failText(invalid, 'map entry cannot be null', duckdbType(context.result));
    const keys = `list_transform(${x}, lambda weir_e: weir_e.${key})`;
    const values = `list_transform(${x}, lambda weir_e: weir_e.${value})`;
    return `CASE WHEN ${x} IS NULL THEN NULL WHEN ${holdsNullItem(x)} THEN ${missing} ELSE ${checkedMap(keys, values, context.result)} END`;
  });
};

const multimapFromEntries: Emit = ([entries], context) => {
  const [key, value] = entryFields(context);
  return once(entries!, (x) => {
    const keys = `list_transform(${x}, lambda weir_e: weir_e.${key})`;
    return once(distinctList(keys), (k) =>
      castTo(
        `map(${k}, list_transform(${k}, lambda weir_k: list_transform(list_filter(${x}, lambda weir_e: weir_e.${key} = weir_k), lambda weir_e: weir_e.${value})))`,
        context.result,
      ),
    );
  });
};

/** Later maps win; keys keep the place where they first came. */
const concat: Emit = (maps, { result }) =>
  once(`list_concat(${maps.map((map) => `map_entries(${map})`).join(', ')})`, (x) => {
    const missing = maps.map((map) => `${map} IS NULL`).join(' OR ');
    const last = `list_filter(${x}, lambda weir_e, weir_i: len(list_filter(${x}[weir_i + 1:], lambda weir_o: weir_o.key = weir_e.key)) = 0)`;
    return `CASE WHEN ${missing} THEN NULL ELSE ${castTo(`map_from_entries(${last})`, result)} END`;
  });

const filter: Emit = ([map, lambda], { result }) =>
  castTo(
    `map_from_entries(list_filter(map_entries(${map}), lambda weir_e: coalesce(CAST(${applyLambda(lambda!, ['weir_e.key', 'weir_e.value'])} AS BOOLEAN), false)))`,
    result,
  );

const transformKeys: Emit = ([map, lambda], { result }) =>
  once(
    map!,
    (m) =>
      `CASE WHEN ${m} IS NOT NULL THEN ${checkedMap(`list_transform(map_entries(${m}), lambda weir_e: ${applyLambda(lambda!, ['weir_e.key', 'weir_e.value'])})`, `map_values(${m})`, result)} END`,
  );

const transformValues: Emit = ([map, lambda], { result }) =>
  once(
    map!,
    (m) =>
      `CASE WHEN ${m} IS NOT NULL THEN ${castTo(`map(map_keys(${m}), list_transform(map_entries(${m}), lambda weir_e: ${applyLambda(lambda!, ['weir_e.key', 'weir_e.value'])}))`, result)} END`,
  );

const zipWith: Emit = ([a, b, lambda], { result }) =>
  once(
    `list_concat(map_keys(${a}), list_filter(map_keys(${b}), lambda weir_k: NOT map_contains(${a}, weir_k)))`,
    (keys) =>
      `CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN ${castTo(`map(${keys}, list_transform(${keys}, lambda weir_k: ${applyLambda(lambda!, ['weir_k', `${a}[weir_k]`, `${b}[weir_k]`])}))`, result)} END`,
  );

/** Maps. */
export const mapFunctions: readonly FunctionDefinition[] = [
  scalar('map() map(unknown,unknown)', 'CAST(map([], []) AS MAP("NULL", "NULL"))'),
  scalar('map(array(K), array(V)) map(K,V) | K:comparable', fromArrays),
  scalar('cardinality(map(K,V)) bigint', 'CAST(cardinality($1) AS BIGINT)'),
  scalar('element_at(map(K,V), K) V | K:comparable', '$1[$2]'),
  scalar('map_keys(map(K,V)) array(K)', 'map_keys($1)'),
  scalar('map_values(map(K,V)) array(V)', 'map_values($1)'),
  scalar('map_entries(map(K,V)) array(row(K,V))', ([map], { result }) =>
    castTo(
      `list_transform(map_entries(${map}), lambda weir_e: {'field0': weir_e.key, 'field1': weir_e.value})`,
      result,
    ),
  ),
  scalar('map_from_entries(array(row(K,V))) map(K,V) | K:comparable', fromEntries),
  scalar('multimap_from_entries(array(row(K,V))) map(K,array(V)) | K:comparable', multimapFromEntries),
  scalar('map_concat(map(K,V), map(K,V)...) map(K,V) | K:comparable', concat),
  scalar('map_filter(map(K,V), function(K,V,boolean)) map(K,V)', filter),
  scalar('transform_keys(map(K1,V), function(K1,V,K2)) map(K2,V) | K2:comparable', transformKeys),
  scalar('transform_values(map(K,V1), function(K,V1,V2)) map(K,V2)', transformValues),
  scalar('map_zip_with(map(K,V1), map(K,V2), function(K,V1,V2,V3)) map(K,V3) | K:comparable', zipWith),
];
