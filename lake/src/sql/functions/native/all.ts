import { jsonPathFunctions } from '../../json-path/native.ts';
import { addressFunctions } from './addresses.ts';
import { byteNatives } from './bytes.ts';
import { checksumNatives } from './checksums.ts';
import { combinationNatives } from './combinations.ts';
import { datetimeNatives } from './datetimes.ts';
import { decimalFunctions } from './decimals.ts';
import { failFunctions } from './fail.ts';
import { histogramNatives } from './histogram.ts';
import { formatNatives } from './java-format.ts';
import { jsonCastFunctions } from './json-casts.ts';
import { jsonPathNatives } from './json-path.ts';
import { momentFunctions } from './moments.ts';
import { numberFunctions } from './numbers.ts';
import { regexpNatives } from './regexps.ts';
import { stringNatives } from './strings.ts';
import type { NativeFunction } from './udf.ts';
import { urlNatives } from './urls.ts';
import { zoneFunctions } from './zones.ts';

/** Every function written in JavaScript. */
export const natives: readonly NativeFunction[] = [
  ...failFunctions,
  ...numberFunctions,
  ...decimalFunctions,
  ...momentFunctions,
  ...zoneFunctions,
  ...datetimeNatives,
  ...stringNatives,
  ...regexpNatives,
  ...formatNatives,
  ...urlNatives,
  ...byteNatives,
  ...checksumNatives,
  ...addressFunctions,
  ...jsonPathNatives,
  ...jsonCastFunctions,
  ...jsonPathFunctions,
  ...combinationNatives,
  ...histogramNatives,
];
