import { SqlError } from '../sql.ts';
import { sameType, typeSignature } from '../types/index.ts';
import type { Type } from '../types.ts';
import { definitions } from './all.ts';
import { type Argument, type Bound, bind, substitute } from './binding.ts';
import type { Call, FunctionDefinition, FunctionKind } from './definition.ts';
import { unsupportedFunctions } from './unsupported.ts';

export type { Argument } from './binding.ts';
export type { Call, FunctionKind } from './definition.ts';

export interface ResolvedFunction {
  readonly name: string;
  readonly kind: FunctionKind;
  /** What the caller coerces each argument to; a lambda's type is of kind `function`, its body is coerced to `result`. */
  readonly argumentTypes: readonly Type[];
  readonly resultType: Type;
  /**
   * The DuckDB text. Arguments are self-contained expressions (a name, a call, or in parentheses) as the result is; a
   * lambda is given as `lambda x, y: body`. Aggregates and window functions place the clauses of `call` themselves.
   */
  emit(args: readonly string[], call?: Call): string;
}

export interface ResolveOptions {
  readonly distinct?: boolean | undefined;
  /** Where the call stands, for messages. */
  readonly at?: { readonly line: number; readonly column: number } | undefined;
}

const byName = new Map<string, FunctionDefinition[]>();
for (const definition of definitions) {
  const list = byName.get(definition.signature.name) ?? [];
  list.push(definition);
  byName.set(definition.signature.name, list);
}

/** Which kinds of function go by this name (an aggregate is a window function too); empty: none. */
export function functionKinds(name: string): ReadonlySet<FunctionKind> {
  return new Set((byName.get(name.toLowerCase()) ?? []).map((definition) => definition.kind));
}

/** Finds the function for these arguments as Trino does: an exact match first, then the most specific by coercion. */
export function resolveFunction(
  name: string,
  kind: FunctionKind,
  args: readonly Argument[],
  options: ResolveOptions = {},
): ResolvedFunction {
  const lower = name.toLowerCase();
  const named = byName.get(lower) ?? [];
  const candidates = named.filter((definition) => fits(definition.kind, kind));
  if (named.length === 0 && unsupportedFunctions.has(lower)) {
    throw refusal('NOT_SUPPORTED', `Function '${lower}' is not supported by this engine`, options);
  }
  if (named.length === 0 || candidates.length === 0) {
    throw refusal('FUNCTION_NOT_FOUND', `Function '${lower}' not registered`, options);
  }
  const found = located(options, () => choose(candidates, args));
  if (found === undefined) throw refusal('FUNCTION_NOT_FOUND', unexpected(lower, args, candidates), options);
  if (options.distinct && found.definition.kind === 'scalar') {
    throw refusal('FUNCTION_NOT_AGGREGATE', 'DISTINCT is not supported for non-aggregation functions', options);
  }
  const { definition, bound } = found;
  const resultType = resultOf(definition, bound);
  const { argumentTypes } = bound;
  return {
    name: lower,
    kind: definition.kind,
    argumentTypes,
    resultType,
    emit: (texts, call = {}) => definition.emit(texts, { types: argumentTypes, result: resultType, call }),
  };
}

/** An aggregate may be asked for as a window function. */
function fits(actual: FunctionKind, wanted: FunctionKind): boolean {
  return actual === wanted || (wanted === 'window' && actual === 'aggregate');
}

interface Candidate {
  readonly definition: FunctionDefinition;
  readonly bound: Bound;
}

function choose(definitions: readonly FunctionDefinition[], args: readonly Argument[]): Candidate | undefined {
  for (const definition of definitions) {
    const bound = bind(definition.signature, args, false);
    if (bound !== undefined) return { definition, bound };
  }
  const coerced: Candidate[] = [];
  for (const definition of definitions) {
    const bound = bind(definition.signature, args, true);
    if (bound !== undefined) coerced.push({ definition, bound });
  }
  return mostSpecific(coerced, args);
}

/** Of several that fit by coercion: the one that all others are wider than; else one that coerces nothing but nulls. */
function mostSpecific(candidates: readonly Candidate[], args: readonly Argument[]): Candidate | undefined {
  const best = leastWide(candidates, args);
  if (best.length <= 1) return best[0];
  const nullsOnly = candidates.filter(({ bound }) =>
    args.every((argument, index) => {
      const wanted = bound.argumentTypes[index]!;
      return !('type' in argument) || argument.type.kind === 'unknown' || sameType(argument.type, wanted);
    }),
  );
  const left = nullsOnly.length > 0 ? nullsOnly : best;
  const types = left.map(({ definition, bound }) => resultOf(definition, bound));
  if (left.length === 1 || types.every((type) => sameType(type, types[0]!))) return left[0];
  const message = 'Could not choose a best candidate operator. Explicit type casts must be added.';
  throw new SqlError('AMBIGUOUS_FUNCTION_CALL', message);
}

/** Those than which no other is more specific; of equals the first. */
function leastWide(candidates: readonly Candidate[], args: readonly Argument[]): readonly Candidate[] {
  return candidates.filter((one, index) =>
    candidates.every((other, place) => {
      if (one === other || !moreSpecific(other, one, args)) return true;
      return moreSpecific(one, other, args) && index < place;
    }),
  );
}

function resultOf(definition: FunctionDefinition, bound: Bound): Type {
  return definition.result?.(bound.bindings) ?? substitute(definition.signature.result, bound.bindings);
}

/** Whether the second function also takes what the first one takes. */
function moreSpecific(one: Candidate, other: Candidate, args: readonly Argument[]): boolean {
  const given = args.map((argument, index): Argument => {
    const type = one.bound.argumentTypes[index]!;
    return 'lambda' in argument ? argument : { type };
  });
  return bind(other.definition.signature, given, true) !== undefined;
}

function unexpected(name: string, args: readonly Argument[], candidates: readonly FunctionDefinition[]): string {
  const given = args.map((argument) => ('type' in argument ? typeSignature(argument.type) : '<function>'));
  const texts = candidates.map((definition) => definition.signature.text).sort();
  const comma = ', ';
  return `Unexpected parameters (${given.join(comma)}) for function ${name}. Expected: ${texts.join(comma)}`;
}

function located<T>(options: ResolveOptions, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlError && error.line === undefined) throw refusal(error.code, error.message, options);
    throw error;
  }
}

function refusal(code: string, message: string, options: ResolveOptions): SqlError {
  return new SqlError(code, message, options.at?.line, options.at?.column);
}
