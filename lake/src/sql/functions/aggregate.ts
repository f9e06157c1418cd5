import { once } from '../casts/once.ts';
import { SqlError } from '../sql.ts';
import { duckdbType, isFloat } from '../types/index.ts';
import type { Type } from '../types.ts';
import { divideDecimals } from './arithmetic.ts';
import { reduceList } from './array.ts';
import { comparisonKey } from './comparison.ts';
import {
  aggregate,
  type Call,
  type Emit,
  type EmitContext,
  type FunctionDefinition,
  nativeCall,
} from './definition.ts';
import { castTo } from './emission.ts';
import { failText, failWith } from './fail.ts';

type Decimal = Extract<Type, { kind: 'decimal' }>;

/** A native aggregate whose result is brought to the result type. */
function typed(name: string): Emit {
  return (args, { call, result }) => castTo(nativeCall(name, args.join(', '), call), result);
}

/** Sums of long decimals are looked at: DuckDB lets them grow past 38 digits. */
const sumDecimal: Emit = ([x], { call, types, result }) => {
  const sum = nativeCall('sum', x!, call);
  if ((types[0] as Decimal).precision <= 28) return sum;
  const { scale } = result as Decimal;
  const limit = `CAST('${'9'.repeat(38 - scale)}${scale > 0 ? '.' : ''}${'9'.repeat(scale)}' AS DECIMAL(38, ${scale}))`;
  const failure = failText('NUMERIC_VALUE_OUT_OF_RANGE', 'Decimal overflow', duckdbType(result));
  const checked = (value: string) => `CASE WHEN abs(${value}) > ${limit} THEN ${failure} ELSE ${value} END`;
  return call.over === undefined && sum.length < 300 ? checked(sum) : once(sum, checked);
};

/** Exact, rounded half up at the scale of the values; DuckDB computes an aggregate that is written twice once. */
const avgDecimal: Emit = ([x], { call, types, result }) => {
  const { scale } = types[0] as Decimal;
  const sum: Decimal = { kind: 'decimal', precision: 38, scale };
  const count: Decimal = { kind: 'decimal', precision: 19, scale: 0 };
  const [total, n] = [nativeCall('sum', x!, call), nativeCall('count', x!, call)];
  if (call.over === undefined && total.length < 200) {
    return castTo(`CASE WHEN ${n} > 0 THEN ${divideDecimals(total, n, sum, count, sum)} END`, result);
  }
  const pair = `[{'s': ${castTo(total, sum)}, 'n': ${n}}]`;
  const quotient = divideDecimals('weir_p.s', 'weir_p.n', sum, count, sum);
  return castTo(`list_transform(${pair}, lambda weir_p: CASE WHEN weir_p.n > 0 THEN ${quotient} END)[1]`, result);
};

/** NaN is passed over as long as there is a number: Trino's max ignores it, DuckDB's takes it for the greatest. */
const max: Emit = ([x], { call, types }) => {
  if (!isFloat(types[0]!)) return nativeCall('max', x!, call);
  return `coalesce(${nativeCall('max', x!, call, `NOT isnan(${x})`)}, ${nativeCall('max', x!, call)})`;
};

/** DuckDB leaves out rows whose value is null, Trino only those whose key is: the value travels in a struct. */
function by(name: string): Emit {
  return ([value, key], { call, result }) => castTo(`${nativeCall(name, `{'v': ${value}}, ${key}`, call)}.v`, result);
}

function severalBy(name: string): Emit {
  return ([value, key, count], { call, result }) => {
    const list = nativeCall(name, `{'v': ${value}}, ${key}, ${count}`, call);
    return castTo(`list_transform(${list}, lambda weir_e: weir_e.v)`, result);
  };
}

/** Entries as a list, from which a map is made that keeps the first value of a key. */
function entries(key: string, value: string, call: Call): string {
  return nativeCall('list', `{'key': ${key}, 'value': ${value}}`, call, `${key} IS NOT NULL`);
}

function mapOfFirst(list: string, result: Type): string {
  return once(list, (x) => {
    const keys = `list_transform(${x}, lambda weir_e: weir_e.key)`;
    const first = `list_filter(${x}, lambda weir_e, weir_i: list_position(${keys}, weir_e.key) = weir_i)`;
    return castTo(
      `CASE WHEN len(list_distinct(${keys})) = len(${x}) THEN map_from_entries(${x}) ELSE map_from_entries(${first}) END`,
      result,
    );
  });
}

const multimap: Emit = ([key, value], { call, result }) =>
  once(entries(key!, value!, call), (x) => {
    const keys = `list_transform(${x}, lambda weir_e: weir_e.key)`;
    const distinct = `list_filter(${keys}, lambda weir_k, weir_i: list_position(${keys}, weir_k) = weir_i)`;
    const values = `list_transform(list_filter(${x}, lambda weir_e: weir_e.key = weir_k), lambda weir_e: weir_e.value)`;
    return castTo(`map(${distinct}, list_transform(${distinct}, lambda weir_k: ${values}))`, result);
  });

const histogram: Emit = ([x], { call, result }) => castTo(nativeCall('histogram', x!, call), result);

const mapUnion: Emit = ([map], { call, result }) =>
  mapOfFirst(`flatten(${nativeCall('list', `map_entries(${map})`, call, `${map} IS NOT NULL`)})`, result);

const listagg: Emit = ([x, separator = "''"], { call }) => {
  const joined = nativeCall('string_agg', `${x}, ${separator}`, { ...call, overflow: undefined });
  const overflow = call.overflow as
    | { readonly truncate?: boolean; readonly filler?: string; readonly count?: boolean }
    | undefined;
  const tooLong = overflow?.truncate
    ? failText('NOT_SUPPORTED', 'listagg: ON OVERFLOW TRUNCATE of a text over 1048576 bytes', 'VARCHAR')
    : failText(
        'EXCEEDED_FUNCTION_MEMORY_LIMIT',
        'Concatenated string has the length in bytes larger than the maximum output length 1048576',
        'VARCHAR',
      );
  return `list_transform([${joined}], lambda weir_v: CASE WHEN strlen(weir_v) > 1048576 THEN ${tooLong} ELSE weir_v END)[1]`;
};

/**
 * One of the values: Trino's sketch holds few values as they are and takes the one behind p * n; where it holds more it
 * comes out nearest to p * n.
 */
const percentile: Emit = ([x, share], { call, types, result }) => {
  const several = types[1]!.kind === 'array';
  const sorted = nativeCall('list', `${x}`, { ...call, orderBy: `${x}` }, `${x} IS NOT NULL`);
  return once(sorted, (list) => {
    const at = (p: string) => {
      const rank = `CASE WHEN len(${list}) <= 20 THEN floor(${p} * len(${list})) + 1 ELSE round(${p} * len(${list})) END`;
      return `${list}[greatest(1, least(len(${list}), CAST(${rank} AS BIGINT)))]`;
    };
    const value = several ? `list_transform(${share}, lambda weir_p: ${at('weir_p')})` : at(checkPercentile(share!));
    return `CASE WHEN len(${list}) > 0 THEN ${castTo(value, result)} END`;
  });
};

const weightedPercentile: Emit = () => {
  throw new SqlError('NOT_SUPPORTED', 'approx_percentile with weights is not supported by this engine');
};

/** A percentile outside 0..1 ends the statement. */
function checkPercentile(p: string): string {
  const value = /(-?\d+(?:\.\d+)?)/.exec(p.replace(/DECIMAL\(\d+, ?\d+\)/g, ''))?.[1];
  const constant = value === undefined ? undefined : Number(value);
  if (constant !== undefined && (constant < 0 || constant > 1)) {
    return failText('INVALID_FUNCTION_ARGUMENT', 'Percentile must be between 0 and 1', 'DOUBLE');
  }
  return p;
}

/** Exact where Trino estimates. */
const approxDistinct: Emit = ([x, error], { call, types }) => {
  if (types[0]!.kind === 'unknown') return 'CAST(0 AS BIGINT)';
  const counted = nativeCall('count', comparisonKey(x!, types[0]!), { ...call, distinct: true });
  if (error === undefined) return counted;
  const outside = failWith(
    'INVALID_FUNCTION_ARGUMENT',
    `'Max standard error must be in [0.0040625, 0.26]: ' || CAST(${error} AS VARCHAR)`,
    'BIGINT',
  );
  return `CASE WHEN ${error} NOT BETWEEN 0.0040625 AND 0.26 THEN ${outside} ELSE ${counted} END`;
};

/** DuckDB corrects the skewness for the sample, Trino does not. */
const skewness: Emit = ([x], { call }) => {
  const n = nativeCall('count', x!, call);
  return `(${nativeCall('skewness', x!, call)} * (${n} - 2) / nullif(sqrt(CAST(${n} AS DOUBLE) * (${n} - 1)), 0))`;
};

/** DuckDB's own refuses zero. */
const geometricMean: Emit = ([x], { call, result }) => {
  const logarithm = `CASE WHEN ${x} > 0 THEN ln(${x}) WHEN ${x} = 0 THEN CAST('-Infinity' AS DOUBLE) WHEN ${x} IS NOT NULL THEN CAST('NaN' AS DOUBLE) END`;
  return castTo(`exp(${nativeCall('avg', logarithm, call)})`, result);
};

/** Buckets of about equal values with their weights. */
const numericHistogram: Emit = ([count, x, weight = '1'], { call, result }) => {
  const { value } = result as Extract<Type, { kind: 'map' }>;
  const text = (sql: string) => nativeCall('list', `CAST(${sql} AS VARCHAR)`, call, `${x} IS NOT NULL`);
  // the number of buckets is a constant
  return once(`weir_histogram(CAST(${count} AS BIGINT), ${text(x!)}, ${text(weight)})`, (all) => {
    const every = (from: number) => `CAST(${all}[${from}:len(${all}):2] AS ${duckdbType(value)}[])`;
    return castTo(`CASE WHEN ${all} IS NOT NULL THEN map(${every(1)}, ${every(2)}) END`, result);
  });
};

/** The aggregate that folds its rows with lambdas; rows come as a list. */
const reduceAgg: Emit = ([x, initial, step], context) => {
  const state = context.types[1]!;
  const list = nativeCall('list', x!, context.call, `${x} IS NOT NULL`);
  return castTo(reduceList(list, initial!, step!, context.types[0]!, state), context.result);
};

function statistic(name: string, native: string): FunctionDefinition[] {
  return [
    aggregate(`${name}(double) double`, typed(native)),
    aggregate(`${name}(bigint) double`, ([x], context: EmitContext) =>
      typed(native)([`CAST(${x} AS DOUBLE)`], context),
    ),
  ];
}

function ofTwo(name: string, native = name): FunctionDefinition[] {
  return [
    aggregate(`${name}(double, double) double`, typed(native)),
    aggregate(`${name}(real, real) real`, typed(native)),
  ];
}

const numericSums: readonly FunctionDefinition[] = [
  aggregate('sum(bigint) bigint', typed('sum')),
  aggregate('sum(decimal(p,s)) decimal(38,s)', sumDecimal),
  aggregate('sum(double) double', typed('sum')),
  aggregate('sum(real) real', typed('sum')),
  aggregate('sum(interval day to second) interval day to second', typed('sum')),
  aggregate('sum(interval year to month) interval year to month', typed('sum')),
  aggregate('avg(bigint) double', typed('avg')),
  aggregate('avg(decimal(p,s)) decimal(p,s)', avgDecimal),
  aggregate('avg(double) double', typed('avg')),
  aggregate('avg(real) real', typed('avg')),
  aggregate('avg(interval day to second) interval day to second', typed('avg')),
  aggregate('avg(interval year to month) interval year to month', typed('avg')),
];

/** Aggregates. */
export const aggregateFunctions: readonly FunctionDefinition[] = [
  aggregate('count() bigint', (_, { call }) => nativeCall('count', '*', call)),
  aggregate('count(T) bigint', ([x], { call, types }) =>
    nativeCall('count', call.distinct ? comparisonKey(x!, types[0]!) : x!, call),
  ),
  ...numericSums,
  aggregate('min(T) T | T:orderable', 'min'),
  aggregate('max(T) T | T:orderable', max),
  aggregate('min(E, bigint) array(E) | E:orderable', 'min'),
  aggregate('max(E, bigint) array(E) | E:orderable', 'max'),
  aggregate('min_by(V, K) V | K:orderable', by('arg_min')),
  aggregate('max_by(V, K) V | K:orderable', by('arg_max')),
  aggregate('min_by(V, K, bigint) array(V) | K:orderable', severalBy('arg_min')),
  aggregate('max_by(V, K, bigint) array(V) | K:orderable', severalBy('arg_max')),
  aggregate('arbitrary(T) T', 'any_value'),
  aggregate('any_value(T) T', 'any_value'),
  aggregate('array_agg(T) array(T)', 'list'),
  aggregate('map_agg(K, V) map(K,V) | K:comparable', ([key, value], { call, result }) =>
    mapOfFirst(entries(key!, value!, call), result),
  ),
  aggregate('multimap_agg(K, V) map(K,array(V)) | K:comparable', multimap),
  aggregate('map_union(map(K,V)) map(K,V) | K:comparable', mapUnion),
  aggregate('histogram(T) map(T,bigint) | T:comparable', histogram),
  aggregate('bool_and(boolean) boolean', 'bool_and'),
  aggregate('bool_or(boolean) boolean', 'bool_or'),
  aggregate('every(boolean) boolean', 'bool_and'),
  aggregate('count_if(boolean) bigint', ([x], { call }) => nativeCall('count', call.distinct ? x! : '*', call, x!)),
  aggregate('bitwise_and_agg(bigint) bigint', 'bit_and'),
  aggregate('bitwise_or_agg(bigint) bigint', 'bit_or'),
  aggregate('bitwise_xor_agg(bigint) bigint', 'bit_xor'),
  aggregate('listagg(varchar) varchar', listagg),
  aggregate('listagg(varchar, varchar) varchar', listagg),
  aggregate('approx_distinct(T) bigint | T:comparable', approxDistinct),
  aggregate('approx_distinct(T, double) bigint | T:comparable', approxDistinct),
  ...['bigint', 'double', 'real'].flatMap((kind) => [
    aggregate(`approx_percentile(${kind}, double) ${kind}`, percentile),
    aggregate(`approx_percentile(${kind}, array(double)) array(${kind})`, percentile),
    aggregate(`approx_percentile(${kind}, double, double) ${kind}`, weightedPercentile),
    aggregate(`approx_percentile(${kind}, double, array(double)) array(${kind})`, weightedPercentile),
  ]),
  ...statistic('stddev', 'stddev_samp'),
  ...statistic('stddev_samp', 'stddev_samp'),
  ...statistic('stddev_pop', 'stddev_pop'),
  ...statistic('variance', 'var_samp'),
  ...statistic('var_samp', 'var_samp'),
  ...statistic('var_pop', 'var_pop'),
  ...statistic('kurtosis', 'kurtosis'),
  aggregate('skewness(double) double', skewness),
  aggregate('skewness(bigint) double', ([x], context) => skewness([`CAST(${x} AS DOUBLE)`], context)),
  ...ofTwo('corr'),
  ...ofTwo('covar_pop'),
  ...ofTwo('covar_samp'),
  ...ofTwo('regr_slope'),
  ...ofTwo('regr_intercept'),
  ...['double', 'bigint', 'real'].map((kind) =>
    aggregate(`geometric_mean(${kind}) ${kind === 'real' ? 'real' : 'double'}`, geometricMean),
  ),
  ...['double', 'real'].flatMap((kind) => [
    aggregate(`numeric_histogram(bigint, ${kind}) map(${kind},${kind})`, numericHistogram),
    aggregate(`numeric_histogram(bigint, ${kind}, double) map(${kind},${kind})`, numericHistogram),
  ]),
  aggregate('reduce_agg(T, S, function(S,T,S), function(S,S,S)) S', reduceAgg),
  ...['bigint', 'double', 'varchar(x)'].map((kind) =>
    aggregate(`approx_set(${kind}) hyperloglog`, ([x], { call }) =>
      nativeCall('list', `hash(${x})`, { ...call, distinct: true }, `${x} IS NOT NULL`),
    ),
  ),
  aggregate(
    'merge(hyperloglog) hyperloglog',
    ([x], { call }) => `list_distinct(flatten(${nativeCall('list', x!, call)}))`,
  ),
];
