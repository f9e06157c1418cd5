import type { Type } from '../types.ts';
import { type ParsedSignature, parseSignature } from './signature.ts';

export type FunctionKind = 'scalar' | 'aggregate' | 'window';

/** What stands around an aggregate or window call; the pieces are DuckDB text. */
export interface Call {
  readonly distinct?: boolean | undefined;
  /** `x ASC NULLS LAST, ...`: the order in which an aggregate takes its rows (array_agg, listagg). */
  readonly orderBy?: string | undefined;
  /** The condition of FILTER (WHERE ...). */
  readonly filter?: string | undefined;
  /** What stands behind OVER, in parentheses, or a window's name. */
  readonly over?: string | undefined;
  readonly ignoreNulls?: boolean | undefined;
  /** listagg's ON OVERFLOW TRUNCATE; left out: an error. */
  readonly overflow?: { readonly filler: string | undefined; readonly withCount: boolean } | 'error' | unknown;
}

export interface EmitContext {
  readonly types: readonly Type[];
  readonly result: Type;
  readonly call: Call;
}

export type Emit = (args: readonly string[], context: EmitContext) => string;

export interface Bindings {
  readonly types: ReadonlyMap<string, Type>;
  /** Lengths, precisions and scales; undefined: unbounded. */
  readonly numbers: ReadonlyMap<string, number | undefined>;
}

export type ResultOf = (bindings: Bindings) => Type;

export interface FunctionDefinition {
  readonly kind: FunctionKind;
  readonly signature: ParsedSignature;
  readonly emit: Emit;
  /** Where the result type is more than the signature can say. */
  readonly result?: ResultOf;
}

/**
 * One scalar function: its signature as Trino spells it (upper case: type variables; `| T:orderable` constraints) and
 * the DuckDB expression, a template in which $1, $2 ... are the arguments and $* all of them.
 */
export function scalar(signature: string, emit: string | Emit, result?: ResultOf): FunctionDefinition {
  return define('scalar', signature, typeof emit === 'string' ? (args) => fill(emit, args) : emit, result);
}

/** One aggregate; `emit` is the native aggregate that takes the same arguments, or a function. */
export function aggregate(signature: string, emit: string | Emit, result?: ResultOf): FunctionDefinition {
  return define('aggregate', signature, typeof emit === 'string' ? native(emit) : emit, result);
}

/** One window function; `emit` as in `aggregate`. */
export function windowed(signature: string, emit: string | Emit, result?: ResultOf): FunctionDefinition {
  return define('window', signature, typeof emit === 'string' ? native(emit) : emit, result);
}

function define(kind: FunctionKind, text: string, emit: Emit, result: ResultOf | undefined): FunctionDefinition {
  const signature = parseSignature(text);
  return result === undefined ? { kind, signature, emit } : { kind, signature, emit, result };
}

function native(name: string): Emit {
  return (args, { call }) => nativeCall(name, args.join(', '), call);
}

/** Puts arguments into a template. */
export function fill(template: string, args: readonly string[]): string {
  return template.replaceAll(/\$(\*|\d+)/g, (_, which: string) =>
    which === '*' ? args.join(', ') : (args[Number(which) - 1] ?? 'NULL'),
  );
}

/** A native aggregate or window call with the clauses that stand around it. */
export function nativeCall(name: string, args: string, call: Call, extraFilter?: string): string {
  const filters = [call.filter, extraFilter].filter((part) => part !== undefined);
  const filter = filters.length === 0 ? '' : ` FILTER (WHERE ${filters.map((part) => `(${part})`).join(' AND ')})`;
  const order = call.orderBy === undefined ? '' : ` ORDER BY ${call.orderBy}`;
  const nulls = call.ignoreNulls ? ' IGNORE NULLS' : '';
  const over = call.over === undefined ? '' : ` OVER ${call.over}`;
  return `${name}(${call.distinct ? 'DISTINCT ' : ''}${args}${order}${nulls})${filter}${over}`;
}
