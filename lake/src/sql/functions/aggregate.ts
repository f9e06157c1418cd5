import { once } from '../casts/once.ts';
import { duckdbType } from '../types/index.ts';
import { aggregate, type EmitContext, type FunctionDefinition, nativeCall } from './definition.ts';
import { castTo } from './emission.ts';

type Emit = (args: readonly string[], context: EmitContext) => string;

/** The native aggregate, cast to the type that Trino gives. */
function cast(name: string): Emit {
  return (args, { call, result }) => castTo(nativeCall(name, args.join(', '), call), result);
}

/** Trino's average of decimals keeps their scale and rounds half up; DuckDB's is a double. */
const averageOfDecimals: Emit = ([value], { call, result }) => {
  const scale = result.kind === 'decimal' ? result.scale : 0;
  const text = (name: string): string => `CAST(${nativeCall(name, value!, call)} AS VARCHAR)`;
  const count = nativeCall('count', value!, call);
  return `CASE WHEN ${count} > 0 THEN CAST(weir_divide(${text('sum')}, ${text('count')}, ${scale}) AS ${duckdbType(result)}) END`;
};

/** Entries of a map: Trino leaves null keys out and keeps one value of a key that comes twice. */
const mapOf: Emit = ([key, value], { call, result, types }) => {
  const entry = `{'k': ${castTo(key!, types[0]!)}, 'v': ${castTo(value!, types[1]!)}}`;
  const entries = nativeCall('list', entry, call, `${key} IS NOT NULL`);
  const first = (list: string): string =>
    `list_filter(${list}, lambda e, i: list_position(list_transform(${list}, lambda z: z.k), e.k) = i)`;
  return once(entries, (list) => `CAST(map_from_entries(${first(list)}) AS ${duckdbType(result)})`);
};

const multimapOf: Emit = ([key, value], { call, result, types }) => {
  const entry = `{'k': ${castTo(key!, types[0]!)}, 'v': ${castTo(value!, types[1]!)}}`;
  const entries = nativeCall('list', entry, call, `${key} IS NOT NULL`);
  const values = (list: string, k: string): string =>
    `list_transform(list_filter(${list}, lambda e: e.k = ${k}), lambda e: e.v)`;
  return once(entries, (list) => {
    const keys = `list_distinct(list_transform(${list}, lambda z: z.k))`;
    return `CAST(map_from_entries(list_transform(${keys}, lambda w: {'k': w, 'v': ${values(list, 'w')}})) AS ${duckdbType(result)})`;
  });
};

/** DuckDB's arg_min leaves out rows whose value is null; Trino does not, only those whose key is. */
function by(name: 'min' | 'max'): FunctionDefinition[] {
  const emit: Emit = ([value, key], { call, result }) =>
    castTo(`${nativeCall(`arg_${name}`, `{'v': ${value}}, ${key}`, call)}.v`, result);
  const several: Emit = ([value, key, count], { call, result }) => {
    const list = nativeCall(`arg_${name}`, `{'v': ${value}}, ${key}, CAST(${count} AS BIGINT)`, call);
    return castTo(`list_transform(${list}, lambda e: e.v)`, result);
  };
  return [
    aggregate(`${name}_by(T, U) T | U:orderable`, emit),
    aggregate(`${name}_by(T, U, bigint) array(T) | U:orderable`, several),
  ];
}

function extremes(name: 'min' | 'max'): FunctionDefinition[] {
  const several: Emit = ([value, count], { call, result }) =>
    castTo(nativeCall(name, `${value}, CAST(${count} AS BIGINT)`, call), result);
  return [
    aggregate(`${name}(T) T | T:orderable`, name),
    aggregate(`${name}(T, bigint) array(T) | T:orderable`, several),
    ...by(name),
  ];
}

/** Statistics over doubles and bigints; the bigint form is Trino's coercion spelled out. */
function statistic(name: string, native: string): FunctionDefinition[] {
  return [aggregate(`${name}(bigint) double`, native), aggregate(`${name}(double) double`, native)];
}

function pairwise(name: string, emit: string | Emit = name): FunctionDefinition[] {
  return [
    aggregate(`${name}(double, double) double`, emit),
    aggregate(`${name}(real, real) real`, typeof emit === 'string' ? cast(emit) : emit),
  ];
}

/** DuckDB's corr is NaN-free as Trino's; its co-variances of no pair are null in both. */
const correlation: Emit = ([y, x], { call }) => nativeCall('corr', `${y}, ${x}`, call);

/** With the few rows that a sketch holds exactly, the answer of a percentile is one of the values. */
const percentile: Emit = ([value, share], { call, result }) =>
  castTo(nativeCall('quantile_disc', `${value}, ${share}`, call), result);

const joined: Emit = ([value, separator], { call }) => nativeCall('string_agg', `${value}, ${separator ?? "''"}`, call);

/** Aggregates. They leave nulls out as Trino's do; over no row they are null, but for the counts. */
export const aggregateFunctions: readonly FunctionDefinition[] = [
  aggregate('count() bigint', (_, { call }) => nativeCall('count', '*', call)),
  aggregate('count(T) bigint', 'count'),
  aggregate('count_if(boolean) bigint', cast('count_if')),
  aggregate('sum(bigint) bigint', cast('sum')),
  aggregate('sum(double) double', 'sum'),
  aggregate('sum(real) real', cast('sum')),
  aggregate('sum(decimal(p, s)) decimal(38, s)', cast('sum')),
  aggregate('sum(interval day to second) interval day to second', 'sum'),
  aggregate('avg(bigint) double', 'avg'),
  aggregate('avg(double) double', 'avg'),
  aggregate('avg(real) real', cast('avg')),
  aggregate('avg(decimal(p, s)) decimal(p, s)', averageOfDecimals),
  ...extremes('min'),
  ...extremes('max'),
  aggregate('arbitrary(T) T', 'any_value'),
  aggregate('any_value(T) T', 'any_value'),
  aggregate('array_agg(T) array(T)', 'list'),
  aggregate('map_agg(K, V) map(K, V) | K:comparable', mapOf),
  aggregate('multimap_agg(K, V) map(K, array(V)) | K:comparable', multimapOf),
  aggregate('histogram(T) map(T, bigint) | T:comparable', cast('histogram')),
  aggregate('listagg(varchar(x)) varchar', joined),
  aggregate('listagg(varchar(x), varchar(y)) varchar', joined),
  aggregate('bool_and(boolean) boolean', 'bool_and'),
  aggregate('bool_or(boolean) boolean', 'bool_or'),
  aggregate('every(boolean) boolean', 'bool_and'),
  aggregate('bitwise_and_agg(bigint) bigint', 'bit_and'),
  aggregate('bitwise_or_agg(bigint) bigint', 'bit_or'),
  aggregate('bitwise_xor_agg(bigint) bigint', 'bit_xor'),
  aggregate('geometric_mean(bigint) double', 'geometric_mean'),
  aggregate('geometric_mean(double) double', 'geometric_mean'),
  aggregate('geometric_mean(real) real', cast('geometric_mean')),
  aggregate('approx_distinct(T) bigint', cast('approx_count_distinct')),
  aggregate('approx_distinct(T, double) bigint', ([value], { call, result }) =>
    castTo(nativeCall('approx_count_distinct', value!, call), result),
  ),
  aggregate('approx_percentile(bigint, double) bigint', percentile),
  aggregate('approx_percentile(double, double) double', percentile),
  aggregate('approx_percentile(real, double) real', percentile),
  aggregate('approx_percentile(bigint, array(double)) array(bigint)', percentile),
  aggregate('approx_percentile(double, array(double)) array(double)', percentile),
  ...statistic('stddev', 'stddev_samp'),
  ...statistic('stddev_samp', 'stddev_samp'),
  ...statistic('stddev_pop', 'stddev_pop'),
  ...statistic('variance', 'var_samp'),
  ...statistic('var_samp', 'var_samp'),
  ...statistic('var_pop', 'var_pop'),
  ...statistic('skewness', 'skewness'),
  ...statistic('kurtosis', 'kurtosis'),
  ...pairwise('corr', correlation),
  ...pairwise('covar_pop'),
  ...pairwise('covar_samp'),
  ...pairwise('regr_slope'),
  ...pairwise('regr_intercept'),
];
