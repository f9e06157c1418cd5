import { NativeFailure, native } from './udf.ts';

/** Ends the statement with an error in Trino's words; never called for a row that is well. */
export const failFunctions = [
  native('weir_fail(VARCHAR, VARCHAR) VARCHAR', (code: string, message: string) => {
    throw new NativeFailure(code, message);
  }),
];
