/** The DuckDB types that functions written here take and return. */
export type NativeType = 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'BLOB' | 'VARCHAR[]';

/** A value as a function written here sees it; null arguments never reach it (`nulls`: they do). */
export type NativeValue = string | bigint | number | boolean | Uint8Array | readonly (string | null)[] | null;

/**
 * A function in JavaScript for what DuckDB has not, or has with other semantics. It costs a third of a microsecond a
 * value (measured) and runs on the main thread, so it stands only where exactness needs it.
 */
export interface NativeFunction {
  readonly name: string;
  readonly parameters: readonly NativeType[];
  readonly returns: NativeType;
  readonly nulls: boolean;
  /** It searches texts by a pattern of the statement's, which may never end: it is given so much time. */
  readonly patterns?: boolean;
  call(args: readonly NativeValue[]): NativeValue;
}

/** A failure that a statement ends with: Trino's error name and message. */
export class NativeFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'NativeFailure';
    this.code = code;
  }
}

/** INVALID_FUNCTION_ARGUMENT, the usual failure. */
export function invalidArgument(message: string): NativeFailure {
  return new NativeFailure('INVALID_FUNCTION_ARGUMENT', message);
}

/** `native('weir_x(VARCHAR, BIGINT) VARCHAR', (text, n) => ...)`; a null argument gives null without a call. */
export function native(signature: string, call: (...args: never[]) => NativeValue): NativeFunction {
  return define(signature, false, call);
}

/** As `native`, but null arguments reach the function. */
export function nativeWithNulls(signature: string, call: (...args: never[]) => NativeValue): NativeFunction {
  return define(signature, true, call);
}

function define(signature: string, nulls: boolean, call: (...args: never[]) => NativeValue): NativeFunction {
  const match = /^(\w+)\(([^)]*)\) (\S+)$/.exec(signature);
  if (match === null) throw new Error(`native signature ${signature}`);
  const [, name, parameters, returns] = match as unknown as [string, string, string, NativeType];
  return {
    name,
    parameters: parameters === '' ? [] : (parameters.split(', ') as NativeType[]),
    returns,
    nulls,
    call: (args) => call(...(args as never[])),
  };
}
