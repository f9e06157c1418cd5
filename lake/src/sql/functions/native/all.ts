import { jsonPathFunctions } from '../../json-path/native.ts';
import { addressFunctions } from './addresses.ts';
import { decimalFunctions } from './decimals.ts';
import { failFunctions } from './fail.ts';
import { jsonCastFunctions } from './json-casts.ts';
import { momentFunctions } from './moments.ts';
import { numberFunctions } from './numbers.ts';
import type { NativeFunction } from './udf.ts';
import { zoneFunctions } from './zones.ts';

/** Every function written in JavaScript. */
export const natives: readonly NativeFunction[] = [
  ...failFunctions,
  ...numberFunctions,
  ...decimalFunctions,
  ...momentFunctions,
  ...zoneFunctions,
  ...addressFunctions,
  ...jsonCastFunctions,
  ...jsonPathFunctions,
];
