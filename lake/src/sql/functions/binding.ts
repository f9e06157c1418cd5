import { SqlError } from '../sql.ts';
import { asDecimal, canCoerce, commonSuperType, comparable, orderable, sameType } from '../types/index.ts';
import type { Type } from '../types.ts';
import type { Bindings } from './definition.ts';
import type { NumberPattern, ParsedSignature, Pattern } from './signature.ts';

/** A value of a known type, or a lambda whose result type follows from the types of its parameters. */
export type Argument =
  | { readonly type: Type }
  | { readonly lambda: { readonly arity: number; body(parameterTypes: readonly Type[]): Type } };

export interface Bound {
  readonly bindings: Bindings;
  readonly argumentTypes: readonly Type[];
}

interface Open {
  readonly types: Map<string, Type>;
  readonly numbers: Map<string, number | undefined>;
  readonly coerce: boolean;
}

/** Binds a signature's variables to arguments; undefined where they do not fit (`coerce`: with implicit conversions). */
export function bind(signature: ParsedSignature, args: readonly Argument[], coerce: boolean): Bound | undefined {
  const patterns = spread(signature, args.length);
  if (patterns === undefined) return undefined;
  const open: Open = { types: new Map(), numbers: new Map(), coerce };
  for (const [index, argument] of args.entries()) {
    const pattern = patterns[index]!;
    if ('lambda' in argument !== (pattern.kind === 'function')) return undefined;
    if ('type' in argument && !matches(pattern, argument.type, open)) return undefined;
  }
  if (!bindLambdas(patterns, args, open)) return undefined;
  for (const [name, constraint] of signature.constraints) {
    const type = open.types.get(name);
    if (type !== undefined && !(constraint === 'orderable' ? orderable(type) : comparable(type))) return undefined;
  }
  const argumentTypes = patterns.map((pattern, index) => {
    const argument = args[index]!;
    return pattern.kind === 'any' && 'type' in argument ? argument.type : substitute(pattern, open);
  });
  return { bindings: open, argumentTypes };
}

function spread(signature: ParsedSignature, count: number): readonly Pattern[] | undefined {
  const { parameters, variadic } = signature;
  if (!variadic) return parameters.length === count ? parameters : undefined;
  if (count < parameters.length - 1) return undefined;
  return [...Array(count).keys()].map((index) => parameters[Math.min(index, parameters.length - 1)]!);
}

/** Lambdas are typed after the other arguments; a result that widens a variable types them once more. */
function bindLambdas(patterns: readonly Pattern[], args: readonly Argument[], open: Open): boolean {
  for (let round = 0; round < 8; round += 1) {
    const before = new Map(open.types);
    for (const [index, argument] of args.entries()) {
      const pattern = patterns[index]!;
      if (!('lambda' in argument) || pattern.kind !== 'function') continue;
      checkArity(argument.lambda.arity, pattern.parameters.length);
      const result = argument.lambda.body(pattern.parameters.map((parameter) => substitute(parameter, open)));
      if (!matches(pattern.result, result, { ...open, coerce: true })) return false;
    }
    if ([...open.types].every(([name, type]) => before.has(name) && sameType(before.get(name)!, type))) return true;
  }
  return false;
}

function checkArity(actual: number, expected: number): void {
  if (actual === expected) return;
  const message = `Expected a lambda that takes ${expected} argument(s) but got ${actual}`;
  throw new SqlError('INVALID_PARAMETER_USAGE', message);
}

function matches(pattern: Pattern, actual: Type, open: Open): boolean {
  if (pattern.kind === 'variable') return bindVariable(pattern.name, actual, open);
  if (pattern.kind === 'any') return true;
  if (actual.kind === 'unknown') return open.coerce && bindNothing(pattern, open);
  switch (pattern.kind) {
    case 'exact':
      return open.coerce ? canCoerce(actual, pattern.type) : sameType(actual, pattern.type);
    case 'varchar':
      return actual.kind === 'varchar' && bindNumber(pattern.length, actual.length, open, Math.max);
    case 'char':
      if (actual.kind === 'varchar') return open.coerce && bindNumber(pattern.length, actual.length, open, Math.max);
      return actual.kind === 'char' && bindNumber(pattern.length, actual.length, open, Math.max);
    case 'decimal':
      return matchDecimal(pattern, actual, open);
    case 'time':
    case 'timestamp':
      return matchMoment(pattern, actual, open);
    case 'array':
      return actual.kind === 'array' && matches(pattern.element, actual.element, open);
    case 'map':
      return (
        actual.kind === 'map' && matches(pattern.key, actual.key, open) && matches(pattern.value, actual.value, open)
      );
    case 'row':
      return (
        actual.kind === 'row' &&
        actual.fields.length === pattern.fields.length &&
        pattern.fields.every((field, index) => matches(field, actual.fields[index]!.type, open))
      );
    default:
      return false;
  }
}

/** A null takes the smallest type of a family: varchar(0), timestamp(0). */
function bindNothing(pattern: Pattern, open: Open): boolean {
  switch (pattern.kind) {
    case 'varchar':
    case 'char':
      return bindNumber(pattern.length, pattern.kind === 'char' ? 1 : 0, open, Math.max);
    case 'decimal':
      return bindNumber(pattern.precision, 1, open, Math.max) && bindNumber(pattern.scale, 0, open, Math.max);
    case 'time':
    case 'timestamp':
      return bindNumber(pattern.precision, 0, open, Math.max);
    default:
      return pattern.kind !== 'function';
  }
}

function bindVariable(name: string, actual: Type, open: Open): boolean {
  const bound = open.types.get(name);
  if (bound === undefined || sameType(bound, actual)) {
    open.types.set(name, actual);
    return true;
  }
  const common = open.coerce ? commonSuperType(bound, actual) : undefined;
  if (common === undefined) return false;
  open.types.set(name, common);
  return true;
}

function bindNumber(
  pattern: NumberPattern,
  actual: number | undefined,
  open: Open,
  join: (a: number, b: number) => number,
): boolean {
  if (pattern === undefined) return true;
  if (typeof pattern === 'number')
    return actual === pattern || (open.coerce && actual !== undefined && actual < pattern);
  const bound = open.numbers.has(pattern) ? open.numbers.get(pattern) : actual;
  const joined = bound === undefined || actual === undefined ? undefined : join(bound, actual);
  open.numbers.set(pattern, joined);
  return true;
}

function matchDecimal(pattern: Extract<Pattern, { kind: 'decimal' }>, actual: Type, open: Open): boolean {
  const decimal = open.coerce ? asDecimal(actual) : actual.kind === 'decimal' ? actual : undefined;
  if (decimal === undefined) return false;
  return (
    bindNumber(pattern.precision, decimal.precision, open, Math.max) &&
    bindNumber(pattern.scale, decimal.scale, open, Math.max)
  );
}

function matchMoment(pattern: Extract<Pattern, { kind: 'time' | 'timestamp' }>, actual: Type, open: Open): boolean {
  if (open.coerce && pattern.kind === 'timestamp' && actual.kind === 'date') {
    return bindNumber(pattern.precision, 0, open, Math.max);
  }
  if (actual.kind !== pattern.kind) return false;
  if (actual.zone !== pattern.zone && !(open.coerce && pattern.zone)) return false;
  return bindNumber(pattern.precision, actual.precision, open, Math.max);
}

/** The type that a pattern stands for once its variables are bound. */
export function substitute(pattern: Pattern, bindings: Bindings): Type {
  const inner = (part: Pattern) => substitute(part, bindings);
  const number = (part: NumberPattern) => (typeof part === 'string' ? bindings.numbers.get(part) : part);
  switch (pattern.kind) {
    case 'exact':
      return pattern.type;
    case 'variable':
      return bindings.types.get(pattern.name) ?? { kind: 'unknown' };
    case 'any':
      return { kind: 'unknown' };
    case 'varchar':
      return { kind: 'varchar', length: number(pattern.length) };
    case 'char':
      return { kind: 'char', length: number(pattern.length) ?? 1 };
    case 'decimal':
      return { kind: 'decimal', precision: number(pattern.precision) ?? 38, scale: number(pattern.scale) ?? 0 };
    case 'time':
    case 'timestamp':
      return { kind: pattern.kind, precision: number(pattern.precision) ?? 3, zone: pattern.zone };
    case 'array':
      return { kind: 'array', element: inner(pattern.element) };
    case 'map':
      return { kind: 'map', key: inner(pattern.key), value: inner(pattern.value) };
    case 'row':
      return { kind: 'row', fields: pattern.fields.map((field) => ({ name: undefined, type: inner(field) })) };
    case 'function':
      return { kind: 'function', parameters: pattern.parameters.map(inner), result: inner(pattern.result) };
  }
}
