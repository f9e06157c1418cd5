import { once } from '../casts/once.ts';
import type { Type } from '../types.ts';
import { type Bindings, type FunctionDefinition, type ResultOf, scalar } from './definition.ts';
import { castTo, literalInteger } from './emission.ts';
import { resolveOperator } from './operators.ts';

const integers = ['tinyint', 'smallint', 'integer', 'bigint'] as const;
const floats = ['real', 'double'] as const;

function decimalOf(bindings: Bindings): { readonly p: number; readonly s: number } {
  return { p: bindings.numbers.get('p') ?? 38, s: bindings.numbers.get('s') ?? 0 };
}

function decimal(precision: number, scale: number): Type {
  return { kind: 'decimal', precision: Math.min(38, precision), scale };
}

/** floor, ceil and round of a decimal: one more digit before the point, none behind it. */
const whole: ResultOf = (bindings) => {
  const { p, s } = decimalOf(bindings);
  return decimal(Math.max(1, p - s + Math.min(s, 1)), 0);
};

const cut: ResultOf = (bindings) => {
  const { p, s } = decimalOf(bindings);
  return decimal(Math.max(1, p - s), 0);
};

const oneMore: ResultOf = (bindings) => {
  const { p, s } = decimalOf(bindings);
  return decimal(p + 1, s);
};

/** A function on doubles that Java answers with NaN where DuckDB refuses. */
function within(
  name: string,
  condition: string,
  call: string,
  otherwise = "CAST('NaN' AS DOUBLE)",
): FunctionDefinition {
  return scalar(`${name}(double) double`, ([x]) =>
    once(
      x!,
      (v) =>
        `CASE WHEN ${condition.replaceAll('$1', v)} OR isnan(${v}) THEN ${call.replaceAll('$1', v)} WHEN ${v} IS NOT NULL THEN ${otherwise.replaceAll('$1', v)} END`,
    ),
  );
}

function logarithm(name: string, call: string): FunctionDefinition {
  return within(
    name,
    '$1 > 0',
    call,
    "CASE WHEN $1 = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END",
  );
}

function modulo(signature: string, result?: ResultOf): FunctionDefinition {
  return scalar(
    signature,
    ([a, b], { types }) => {
      const [left, right] = types as [Type, Type];
      return resolveOperator('%', left, right).emit([a!, b!]);
    },
    result,
  );
}

const rounding: readonly FunctionDefinition[] = [
  ...integers.flatMap((kind) => [
    scalar(`round(${kind}) ${kind}`, '$1'),
    scalar(`round(${kind}, integer) ${kind}`, ([x, n], { result }) => roundInteger(x!, n!, result)),
    scalar(`floor(${kind}) ${kind}`, '$1'),
    scalar(`ceil(${kind}) ${kind}`, '$1'),
    scalar(`ceiling(${kind}) ${kind}`, '$1'),
    scalar(`sign(${kind}) ${kind}`, `CAST(sign($1) AS ${kind})`),
    scalar(`abs(${kind}) ${kind}`, 'abs($1)'),
  ]),
  ...floats.flatMap((kind) => [
    scalar(`round(${kind}) ${kind}`, 'round($1)'),
    scalar(
      `round(${kind}, integer) ${kind}`,
      `CAST(CASE WHEN isfinite($1) THEN round($1, $2) ELSE $1 END AS ${kind === 'real' ? 'FLOAT' : 'DOUBLE'})`,
    ),
    scalar(`floor(${kind}) ${kind}`, 'floor($1)'),
    scalar(`ceil(${kind}) ${kind}`, 'ceil($1)'),
    scalar(`ceiling(${kind}) ${kind}`, 'ceil($1)'),
    scalar(`truncate(${kind}) ${kind}`, 'trunc($1)'),
    scalar(`sign(${kind}) ${kind}`, ([x], { result }) =>
      once(x!, (v) => castTo(`CASE WHEN isnan(${v}) OR ${v} = 0 THEN ${v} ELSE sign(${v}) END`, result)),
    ),
    scalar(`abs(${kind}) ${kind}`, 'abs($1)'),
  ]),
  scalar('round(decimal(p,s)) decimal(p,s)', ([x], { result }) => castTo(x!, result), whole),
  scalar(
    'round(decimal(p,s), integer) decimal(p,s)',
    ([x, n], { result }) => castTo(`round(${castTo(x!, result)}, ${n})`, result),
    oneMore,
  ),
  scalar('floor(decimal(p,s)) decimal(p,s)', ([x], { result }) => castTo(`floor(${x})`, result), whole),
  scalar('ceil(decimal(p,s)) decimal(p,s)', ([x], { result }) => castTo(`ceil(${x})`, result), whole),
  scalar('ceiling(decimal(p,s)) decimal(p,s)', ([x], { result }) => castTo(`ceil(${x})`, result), whole),
  scalar('truncate(decimal(p,s)) decimal(p,s)', ([x], { result }) => castTo(`trunc(${x})`, result), cut),
  scalar('truncate(decimal(p,s), integer) decimal(p,s)', ([x, n], { result }) => truncateDecimal(x!, n!, result)),
  scalar('sign(decimal(p,s)) decimal(1,0)', 'CAST(sign($1) AS DECIMAL(1, 0))'),
  scalar('abs(decimal(p,s)) decimal(p,s)', 'abs($1)'),
];

/** Digits before the point are rounded half away from zero, in whole numbers. */
function roundInteger(x: string, digits: string, type: Type): string {
  const known = literalInteger(digits);
  if (known !== undefined && known >= 0) return x;
  return castTo(
    `CASE WHEN ${digits} >= 0 THEN CAST(${x} AS HUGEINT) ELSE CAST(round(CAST(${x} AS DECIMAL(19, 0)), CAST(${digits} AS INTEGER)) AS HUGEINT) END`,
    type,
  );
}

function truncateDecimal(x: string, digits: string, type: Type): string {
  const known = literalInteger(digits);
  const scale = type.kind === 'decimal' ? type.scale : 0;
  if (known !== undefined && known >= scale) return x;
  return castTo(`weir_truncate(CAST(${x} AS VARCHAR), ${castTo(digits, { kind: 'bigint' })})`, type);
}

const randoms: readonly FunctionDefinition[] = ['random', 'rand'].flatMap((name) => [
  scalar(`${name}() double`, 'random()'),
  ...integers.flatMap((kind) => [
    scalar(`${name}(${kind}) ${kind}`, `CAST(floor(random() * $1) AS ${kind})`),
    scalar(`${name}(${kind}, ${kind}) ${kind}`, `CAST($1 + floor(random() * ($2 - $1)) AS ${kind})`),
  ]),
]);

const shifts: readonly FunctionDefinition[] = integers.flatMap((kind, index) => {
  const bits = 8 * 2 ** index;
  return ['bitwise_left_shift', 'bitwise_right_shift', 'bitwise_right_shift_arithmetic'].map((name) =>
    scalar(
      `${name}(${kind}, integer) ${kind}`,
      `CAST(weir_shift(CAST($1 AS BIGINT), CAST($2 AS BIGINT), ${bits}, '${name}') AS ${kind})`,
    ),
  );
});

/** Numbers and bits. */
export const mathFunctions: readonly FunctionDefinition[] = [
  ...rounding,
  ...randoms,
  ...shifts,
  ...integers.map((kind) => modulo(`mod(${kind}, ${kind}) ${kind}`)),
  ...floats.map((kind) => modulo(`mod(${kind}, ${kind}) ${kind}`)),
  modulo('mod(decimal(p,s), decimal(q,t)) decimal(p,s)', ({ numbers }) => {
    const [p, s, q, t] = ['p', 's', 'q', 't'].map((name) => numbers.get(name) ?? 0) as [number, number, number, number];
    return decimal(Math.max(1, Math.min(p - s, q - t) + Math.max(s, t)), Math.max(s, t));
  }),
  within('sqrt', '$1 >= 0', 'sqrt($1)'),
  scalar('cbrt(double) double', 'cbrt($1)'),
  scalar('exp(double) double', 'exp($1)'),
  logarithm('ln', 'ln($1)'),
  logarithm('log2', 'log2($1)'),
  logarithm('log10', 'log10($1)'),
  scalar('log(double, double) double', ([b, x]) => `weir_log(${b}, ${x})`),
  scalar('power(double, double) double', 'weir_power($1, $2)'),
  scalar('pow(double, double) double', 'weir_power($1, $2)'),
  scalar('pi() double', 'pi()'),
  scalar('e() double', "CAST('2.718281828459045' AS DOUBLE)"),
  scalar('nan() double', "CAST('NaN' AS DOUBLE)"),
  scalar('infinity() double', "CAST('Infinity' AS DOUBLE)"),
  scalar('is_nan(double) boolean', 'isnan($1)'),
  scalar('is_nan(real) boolean', 'isnan($1)'),
  scalar('is_finite(double) boolean', 'isfinite($1)'),
  scalar('is_infinite(double) boolean', 'isinf($1)'),
  scalar('degrees(double) double', '(($1 * 180.0::DOUBLE) / pi())'),
  scalar('radians(double) double', '(($1 / 180.0::DOUBLE) * pi())'),
  ...['sin', 'cos', 'tan'].map((name) => within(name, 'isfinite($1)', `${name}($1)`)),
  ...['atan', 'sinh', 'cosh', 'tanh'].map((name) => scalar(`${name}(double) double`, `${name}($1)`)),
  ...['asin', 'acos'].map((name) => within(name, '$1 BETWEEN -1 AND 1', `${name}($1)`)),
  scalar('atan2(double, double) double', 'atan2($1, $2)'),
  scalar(
    'width_bucket(double, array(double)) bigint',
    'CAST(len(list_filter($2, lambda weir_b: weir_b <= $1)) AS BIGINT)',
  ),
  scalar('width_bucket(double, double, double, bigint) bigint', 'weir_width_bucket($1, $2, $3, $4)'),
  scalar('bitwise_and(bigint, bigint) bigint', '($1 & $2)'),
  scalar('bitwise_or(bigint, bigint) bigint', '($1 | $2)'),
  scalar('bitwise_xor(bigint, bigint) bigint', 'xor($1, $2)'),
  scalar('bitwise_not(bigint) bigint', '(~ $1)'),
  scalar('bit_count(bigint, bigint) bigint', 'weir_bit_count($1, $2)'),
  scalar('to_base(bigint, bigint) varchar(64)', 'weir_to_base($1, $2)'),
  scalar('from_base(varchar(x), bigint) bigint', 'weir_from_base($1, $2)'),
  scalar('format_number(bigint) varchar', 'weir_format_number(CAST($1 AS DOUBLE))'),
  scalar('format_number(double) varchar', 'weir_format_number($1)'),
  scalar('cosine_similarity(array(double), array(double)) double', 'list_cosine_similarity($1, $2)'),
  scalar('cosine_distance(array(double), array(double)) double', 'list_cosine_distance($1, $2)'),
  scalar('dot_product(array(double), array(double)) double', 'list_dot_product($1, $2)'),
  scalar('euclidean_distance(array(double), array(double)) double', 'list_distance($1, $2)'),
  scalar('cosine_similarity(map(varchar,double), map(varchar,double)) double', ([a, b]) =>
    once(a!, (x) => {
      const square = (map: string) =>
        `sqrt(list_sum(list_transform(map_values(${map}), lambda weir_x: weir_x * weir_x)))`;
      const product = `list_sum(list_transform(map_keys(${x}), lambda weir_k: ${x}[weir_k] * coalesce(${b}[weir_k], 0)))`;
      return `(${product} / (${square(x)} * ${square(b!)}))`;
    }),
  ),
];
