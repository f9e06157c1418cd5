import { emitCast } from '../casts/cast.ts';
import { once } from '../casts/once.ts';
import { duckdbType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { compareEqual } from './comparison.ts';
import { type Emit, type EmitContext, type FunctionDefinition, scalar } from './definition.ts';
import { applyLambda, castTo, takeLambda, VARCHAR } from './emission.ts';
import { failText, failWith } from './fail.ts';
import { LONGEST_MADE, refuseLarge } from './large.ts';
import { distinctList, holdsNullItem, listPosition } from './lists.ts';

const invalid = 'INVALID_FUNCTION_ARGUMENT';

function elementOf(context: EmitContext, index = 0): Type {
  const type = context.types[index]!;
  return type.kind === 'array' ? type.element : { kind: 'unknown' };
}

const elementAt: Emit = ([list, index], context) => {
  const zero = failText(invalid, 'SQL array indices start at 1', duckdbType(context.result));
  return once(list!, (x) => `CASE WHEN ${index} = 0 AND ${x} IS NOT NULL THEN ${zero} ELSE ${x}[${index}] END`);
};

/** Found, not found, or unknown where a null might be it. NaN is never found. */
const contains: Emit = ([list, value], context) =>
  once(list!, (x) => {
    const float = ['double', 'real'].includes(elementOf(context).kind);
    const found = `list_contains(${x}, ${value})${float ? ` AND NOT isnan(${value})` : ''}`;
    return `CASE WHEN ${x} IS NULL OR ${value} IS NULL THEN NULL WHEN ${found} THEN true WHEN ${holdsNullItem(x)} THEN NULL ELSE false END`;
  });

const overlap: Emit = ([a, b]) =>
  once(
    a!,
    (x) =>
      `CASE WHEN ${x} IS NULL OR ${b} IS NULL THEN NULL WHEN len(list_filter(${x}, lambda weir_e: weir_e IS NOT NULL AND list_contains(${b}, weir_e))) > 0 THEN true WHEN (${holdsNullItem(x)} AND len(${b}) > 0) OR (${holdsNullItem(b!)} AND len(${x}) > 0) THEN NULL ELSE false END`,
  );

function extreme(name: 'list_max' | 'list_min'): Emit {
  return ([list], context) => {
    const element = elementOf(context);
    const float = element.kind === 'double' || element.kind === 'real';
    return once(list!, (x) => {
      const numbers = `${name}(list_filter(${x}, lambda weir_e: NOT isnan(weir_e)))`;
      const value = float ? `coalesce(${numbers}, ${name}(${x}))` : `${name}(${x})`;
      return `CASE WHEN ${holdsNullItem(x)} THEN NULL ELSE ${value} END`;
    });
  };
}

/** Each element's place is how many come before it by the comparator; equal ones keep their order. */
const sortByLambda: Emit = ([list, lambda], context) =>
  once(list!, (x) => {
    const wrong = failText(invalid, 'Lambda comparator must return either -1, 0, or 1', 'INTEGER');
    const compare = (a: string, b: string) =>
      `list_transform([${applyLambda(lambda!, [a, b])}], lambda weir_c: CASE WHEN weir_c BETWEEN -1 AND 1 THEN weir_c ELSE ${wrong} END)[1]`;
    const place = `len(list_filter(range(1, len(${x}) + 1), lambda weir_j: CASE WHEN weir_j = weir_i THEN false WHEN weir_j < weir_i THEN ${compare(`${x}[weir_j]`, 'weir_e')} <= 0 ELSE ${compare(`${x}[weir_j]`, 'weir_e')} < 0 END))`;
    const placed = `list_transform(${x}, lambda weir_e, weir_i: {'p': ${place}, 'e': weir_e})`;
    return castTo(`list_transform(list_sort(${placed}), lambda weir_s: weir_s.e)`, context.result);
  });

function join(nullText: string | undefined): Emit {
  return ([list, separator, missing], context) => {
    const text = emitCast('weir_e', elementOf(context), VARCHAR);
    const item = nullText === undefined ? text : `coalesce(${text}, ${missing})`;
    const kept = nullText === undefined ? `list_filter(${list}, lambda weir_e: weir_e IS NOT NULL)` : list;
    if (elementOf(context).kind === 'unknown')
      return `CASE WHEN ${list} IS NOT NULL THEN ${nullText === undefined ? "''" : `array_to_string(list_transform(${list}, lambda weir_e: ${missing}), ${separator})`} END`;
    return `CASE WHEN ${list} IS NOT NULL THEN coalesce(array_to_string(list_transform(${kept}, lambda weir_e: ${item}), ${separator}), '') END`;
  };
}

const slice: Emit = ([list, start, length], context) =>
  once(list!, (x) => {
    const type = duckdbType(context.result);
    const zero = failText(invalid, 'SQL array indices start at 1', type);
    const negative = failText(invalid, 'length must be greater than or equal to 0', type);
    const empty = castTo('[]', context.result);
    const from = `CASE WHEN ${start} < 0 THEN len(${x}) + ${start} + 1 ELSE ${start} END`;
    return `CASE WHEN ${x} IS NULL OR ${start} IS NULL OR ${length} IS NULL THEN NULL WHEN ${length} < 0 THEN ${negative} WHEN ${start} = 0 THEN ${zero} WHEN ${length} = 0 OR (${start} < 0 AND -${start} > len(${x})) OR ${start} > len(${x}) THEN ${empty} ELSE ${x}[${from}:${from} + least(${length}, len(${x})) - 1] END`;
  });

const sequenceDirection =
  'sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start';
const sequenceLength = 'result of sequence function must not have more than 10000 entries';

/** start, start + step ... stop; `distance` is stop - start in units of `step`. */
function sequence(distance: string, step: string, item: (index: string) => string, result: Type): string {
  const type = duckdbType(result);
  // The whole range of bigint has more numbers than bigint: a number of them is one only once it is known to be small.
  const count = `(CAST(${distance} AS HUGEINT) // ${step} + 1)`;
  const zero = failText(invalid, 'step must not be zero', type);
  const direction = failText(invalid, sequenceDirection, type);
  const tooLong = failText(invalid, sequenceLength, type);
  return `CASE WHEN ${step} = 0 THEN ${zero} WHEN (${distance}) * sign(${step}) < 0 THEN ${direction} WHEN ${count} > 10000 THEN ${tooLong} WHEN ${count} IS NOT NULL THEN CAST(list_transform(range(CAST(${count} AS BIGINT)), lambda weir_i: ${item('weir_i')}) AS ${type}) END`;
}

const integerSequence: Emit = ([start, stop, step], { result }) => {
  const by = step ?? `(CASE WHEN ${stop} >= ${start} THEN 1 ELSE -1 END)`;
  return sequence(`(CAST(${stop} AS HUGEINT) - ${start})`, by, (index) => `${start} + ${index} * ${by}`, result);
};

const daySequence: Emit = ([start, stop, step], context) => {
  const date = context.types[0]!.kind === 'date';
  if (date && step === undefined) {
    const by = `(CASE WHEN ${stop} >= ${start} THEN 1 ELSE -1 END)`;
    return sequence(
      `(${stop} - ${start})`,
      by,
      (index) => `${start} + CAST(${index} * ${by} AS INTEGER)`,
      context.result,
    );
  }
  const millis = `((epoch_us(CAST(${stop} AS TIMESTAMP)) - epoch_us(CAST(${start} AS TIMESTAMP))) // 1000)`;
  return sequence(
    millis,
    step!,
    (index) =>
      `CAST(CAST(${start} AS TIMESTAMP) + to_milliseconds(${index} * ${step}) AS ${date ? 'DATE' : 'TIMESTAMP'})`,
    context.result,
  );
};

const monthSequence: Emit = ([start, stop, step], context) => {
  const months = `date_sub('month', CAST(${start} AS TIMESTAMP), CAST(${stop} AS TIMESTAMP))`;
  const date = context.types[0]!.kind === 'date';
  return sequence(
    months,
    step!,
    (index) =>
      `CAST(CAST(${start} AS TIMESTAMP) + to_months(CAST(${index} * ${step} AS INTEGER)) AS ${date ? 'DATE' : 'TIMESTAMP'})`,
    context.result,
  );
};

/** Bytes of all texts of a list that one call makes. */
const LONGEST_LIST = 32 * LONGEST_MADE;

const repeat: Emit = ([value, count], context) => {
  const tooMany = failText(
    invalid,
    'count argument of repeat function must be less than or equal to 10000',
    duckdbType(context.result),
  );
  const negative = failText(
    invalid,
    'count argument of repeat function must be greater than or equal to 0',
    duckdbType(context.result),
  );
  const { kind } = context.types[0]!;
  const bytes = kind === 'varchar' ? `strlen(${value})` : kind === 'varbinary' ? `octet_length(${value})` : undefined;
  const tooLarge =
    bytes === undefined
      ? ''
      : `WHEN ${count} * ${bytes} > ${LONGEST_LIST} THEN ${refuseLarge('repeat', duckdbType(context.result))} `;
  return `CASE WHEN ${count} > 10000 THEN ${tooMany} WHEN ${count} < 0 THEN ${negative} ${tooLarge}WHEN ${count} IS NOT NULL THEN ${castTo(`list_transform(range(${count}), lambda weir_i: ${value})`, context.result)} END`;
};

/** Structs of the elements at the same place, as long as the longest list. */
const zip: Emit = (lists, context) => {
  const length = `greatest(${lists.map((list) => `len(${list})`).join(', ')})`;
  const fields = lists.map((list, index) => `'field${index}': ${list}[weir_i]`).join(', ');
  const missing = lists.map((list) => `${list} IS NULL`).join(' OR ');
  return `CASE WHEN ${missing} THEN NULL ELSE ${castTo(`list_transform(range(1, ${length} + 1), lambda weir_i: {${fields}})`, context.result)} END`;
};

const zipWith: Emit = ([a, b, lambda], context) =>
  castTo(
    `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE list_transform(range(1, greatest(len(${a}), len(${b})) + 1), lambda weir_i: ${applyLambda(lambda!, [`${a}[weir_i]`, `${b}[weir_i]`])}) END`,
    context.result,
  );

/** list_reduce wants one type throughout: the state travels beside the element in a struct. */
export function reduceList(list: string, initial: string, step: string, element: Type, state: Type): string {
  const first = `{'s': ${castTo(initial, state)}, 'x': CAST(NULL AS ${duckdbType(element)})}`;
  const items = `list_transform(${list}, lambda weir_x: {'s': CAST(NULL AS ${duckdbType(state)}), 'x': weir_x})`;
  const next = castTo(applyLambda(step, ['weir_a.s', 'weir_b.x']), state);
  return `list_reduce(${items}, lambda weir_a, weir_b: {'s': ${next}, 'x': CAST(NULL AS ${duckdbType(element)})}, ${first}).s`;
}

const reduce: Emit = ([list, initial, step, output], context) => {
  const element = elementOf(context);
  const state = context.types[1]!;
  const reduced = reduceList(list!, initial!, step!, element, state);
  return castTo(`CASE WHEN ${list} IS NOT NULL THEN ${applyLambda(output!, [`(${reduced})`])} END`, context.result);
};

/** all_match, any_match, none_match with three-valued logic. */
function match(decisive: 'true' | 'false', found: string, otherwise: string): Emit {
  return ([list, lambda]) =>
    once(list!, (x) => {
      const { parameters, body } = takeLambda(lambda!);
      return `CASE WHEN ${x} IS NULL THEN NULL ELSE list_transform([list_transform(${x}, lambda ${parameters[0]}: CAST(${body} AS BOOLEAN))], lambda weir_m: CASE WHEN list_contains(weir_m, ${decisive}) THEN ${found} WHEN ${holdsNullItem('weir_m')} THEN NULL ELSE ${otherwise} END)[1] END`;
    });
}

const combinations: Emit = ([list, size], context) =>
  once(list!, (x) => {
    const type = duckdbType(context.result);
    const tooMany = failWith(invalid, `'combination size must not exceed 5: ' || CAST(${size} AS VARCHAR)`, type);
    const places = `CAST(weir_combinations(CAST(len(${x}) AS BIGINT), CAST(${size} AS BIGINT)) AS INTEGER[][])`;
    return `CASE WHEN ${size} > 5 THEN ${tooMany} WHEN ${x} IS NOT NULL THEN CAST(list_transform(${places}, lambda weir_p: list_transform(weir_p, lambda weir_i: ${x}[weir_i])) AS ${type}) END`;
  });

const ngrams: Emit = ([list, size], context) =>
  once(list!, (x) => {
    const positive = failText(invalid, 'N must be positive', duckdbType(context.result));
    const tooLarge = `(len(${x}) - ${size} + 1) * ${size} > ${LONGEST_MADE}`;
    return `CASE WHEN ${size} <= 0 THEN ${positive} WHEN ${tooLarge} THEN ${refuseLarge('ngrams', duckdbType(context.result))} WHEN len(${x}) <= ${size} THEN [${x}] ELSE list_transform(range(1, len(${x}) - ${size} + 2), lambda weir_i: ${x}[weir_i:weir_i + ${size} - 1]) END`;
  });

const trimArray: Emit = ([list, count], context) =>
  once(list!, (x) => {
    const negative = failText(invalid, 'size must not be negative: ', duckdbType(context.result));
    const tooMany = failWith(
      invalid,
      `'size must not exceed array cardinality ' || CAST(len(${x}) AS VARCHAR) || ': ' || CAST(${count} AS VARCHAR)`,
      duckdbType(context.result),
    );
    return `CASE WHEN ${count} < 0 THEN ${negative} WHEN ${count} > len(${x}) THEN ${tooMany} ELSE list_filter(${x}, lambda weir_e, weir_i: weir_i <= len(${x}) - ${count}) END`;
  });

const remove: Emit = ([list, value], context) => {
  const equal = compareEqual('weir_e', value!, elementOf(context), false);
  return `CASE WHEN ${value} IS NOT NULL THEN list_filter(${list}, lambda weir_e: weir_e IS NULL OR NOT ${equal}) END`;
};

const histogram: Emit = ([list], context) =>
  once(list!, (x) => {
    const keys = `list_sort(list_distinct(${x}))`;
    return castTo(
      `map(${keys}, list_transform(${keys}, lambda weir_k: len(list_filter(${x}, lambda weir_e: weir_e = weir_k))))`,
      context.result,
    );
  });

/** Concatenation; a null side makes it null. */
const concat: Emit = (lists, context) => {
  const missing = lists.map((list) => `${list} IS NULL`).join(' OR ');
  const all = lists.reduce((whole, list) => `list_concat(${whole}, ${list})`);
  return castTo(`CASE WHEN ${missing} THEN NULL ELSE ${all} END`, context.result);
};

/** Arrays. */
export const arrayFunctions: readonly FunctionDefinition[] = [
  scalar('cardinality(array(E)) bigint', 'CAST(len($1) AS BIGINT)'),
  scalar('element_at(array(E), bigint) E', elementAt),
  scalar('contains(array(T), T) boolean | T:comparable', contains),
  scalar('contains_sequence(array(T), array(T)) boolean | T:comparable', ([a, b]) =>
    once(
      a!,
      (x) =>
        `CASE WHEN ${x} IS NOT NULL AND ${b} IS NOT NULL THEN len(${b}) = 0 OR len(list_filter(range(1, len(${x}) - len(${b}) + 2), lambda weir_i: ${x}[weir_i:weir_i + len(${b}) - 1] = ${b})) > 0 END`,
    ),
  ),
  scalar('arrays_overlap(array(E), array(E)) boolean | E:comparable', overlap),
  scalar('array_distinct(array(E)) array(E) | E:comparable', ([list], context) =>
    once(list!, (x) => distinctList(x, elementOf(context))),
  ),
  scalar('array_union(array(E), array(E)) array(E) | E:comparable', ([a, b]) =>
    once(`CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN list_concat(${a}, ${b}) END`, distinctList),
  ),
  scalar('array_intersect(array(E), array(E)) array(E) | E:comparable', ([a, b]) =>
    once(
      `list_filter(${a}, lambda weir_e: ${listPosition(b!, 'weir_e')} IS NOT NULL)`,
      (x) => `CASE WHEN ${b} IS NOT NULL THEN ${distinctList(x)} END`,
    ),
  ),
  scalar('array_except(array(E), array(E)) array(E) | E:comparable', ([a, b]) =>
    once(
      `list_filter(${a}, lambda weir_e: ${listPosition(b!, 'weir_e')} IS NULL)`,
      (x) => `CASE WHEN ${b} IS NOT NULL THEN ${distinctList(x)} END`,
    ),
  ),
  scalar(
    'array_position(array(T), T) bigint | T:comparable',
    'CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(coalesce(list_position($1, $2), 0) AS BIGINT) END',
  ),
  scalar('array_remove(array(E), E) array(E) | E:comparable', remove),
  scalar('array_sort(array(E)) array(E) | E:orderable', "list_sort($1, 'ASC', 'NULLS LAST')"),
  scalar('array_sort(array(T), function(T,T,integer)) array(T)', sortByLambda),
  scalar('array_max(array(T)) T | T:orderable', extreme('list_max')),
  scalar('array_min(array(T)) T | T:orderable', extreme('list_min')),
  scalar('array_join(array(E), varchar) varchar', join(undefined)),
  scalar('array_join(array(E), varchar, varchar) varchar', join('null')),
  scalar('array_histogram(array(T)) map(T,bigint) | T:comparable', histogram),
  scalar('flatten(array(array(E))) array(E)', ([lists], context) =>
    castTo(`flatten(list_filter(${lists}, lambda weir_l: weir_l IS NOT NULL))`, context.result),
  ),
  scalar('slice(array(E), bigint, bigint) array(E)', slice),
  scalar('trim_array(array(E), bigint) array(E)', trimArray),
  scalar('reverse(array(E)) array(E)', 'list_reverse($1)'),
  scalar(
    'shuffle(array(E)) array(E)',
    "list_transform(list_sort(list_transform($1, lambda weir_e: {'r': random(), 'e': weir_e})), lambda weir_s: weir_s.e)",
  ),
  scalar('repeat(T, bigint) array(T)', repeat),
  scalar('sequence(bigint, bigint) array(bigint)', integerSequence),
  scalar('sequence(bigint, bigint, bigint) array(bigint)', integerSequence),
  scalar('sequence(date, date) array(date)', daySequence),
  scalar('sequence(date, date, interval day to second) array(date)', daySequence),
  scalar('sequence(date, date, interval year to month) array(date)', monthSequence),
  scalar('sequence(timestamp(p), timestamp(p), interval day to second) array(timestamp(p))', daySequence),
  scalar('sequence(timestamp(p), timestamp(p), interval year to month) array(timestamp(p))', monthSequence),
  scalar('combinations(array(T), integer) array(array(T))', combinations),
  scalar('ngrams(array(T), integer) array(array(T))', ngrams),
  scalar('concat(array(E)...) array(E)', concat),
  scalar('concat(array(E), E) array(E)', ([list, value], context) =>
    castTo(`CASE WHEN ${list} IS NOT NULL THEN list_append(${list}, ${value}) END`, context.result),
  ),
  scalar('concat(E, array(E)) array(E)', ([value, list], context) =>
    castTo(`CASE WHEN ${list} IS NOT NULL THEN list_prepend(${value}, ${list}) END`, context.result),
  ),
  ...[2, 3, 4, 5].map((count) => {
    const names = [...Array(count).keys()].map((index) => `T${index + 1}`);
    return scalar(`zip(${names.map((name) => `array(${name})`).join(', ')}) array(row(${names.join(',')}))`, zip);
  }),
  scalar('zip_with(array(T), array(U), function(T,U,R)) array(R)', zipWith),
  scalar('transform(array(T), function(T,U)) array(U)', ([list, lambda], context) =>
    castTo(`list_transform(${list}, ${lambda})`, context.result),
  ),
  scalar('filter(array(T), function(T,boolean)) array(T)', ([list, lambda], context) => {
    const { parameters, body } = takeLambda(lambda!);
    return castTo(
      `list_filter(${list}, lambda ${parameters[0]}: coalesce(CAST(${body} AS BOOLEAN), false))`,
      context.result,
    );
  }),
  scalar('reduce(array(T), S, function(S,T,S), function(S,R)) R', reduce),
  scalar('any_match(array(T), function(T,boolean)) boolean', match('true', 'true', 'false')),
  scalar('all_match(array(T), function(T,boolean)) boolean', match('false', 'false', 'true')),
  scalar('none_match(array(T), function(T,boolean)) boolean', match('true', 'false', 'true')),
];
