import { aggregateFunctions } from './aggregate.ts';
import { arrayFunctions } from './array.ts';
import { checksumFunctions } from './checksum.ts';
import { conditionalFunctions } from './conditional.ts';
import { datetimeFunctions } from './datetime.ts';
import type { FunctionDefinition } from './definition.ts';
import { encodingFunctions } from './encoding.ts';
import { jsonFunctions } from './json.ts';
import { mapFunctions } from './map.ts';
import { mathFunctions } from './math.ts';
import { regexpFunctions } from './regexp.ts';
import { sketchFunctions } from './sketch.ts';
import { stringFunctions } from './string.ts';
import { windowFunctions } from './window.ts';

/** Every function there is, by area. */
export const definitions: readonly FunctionDefinition[] = [
  ...mathFunctions,
  ...stringFunctions,
  ...regexpFunctions,
  ...datetimeFunctions,
  ...jsonFunctions,
  ...arrayFunctions,
  ...mapFunctions,
  ...encodingFunctions,
  ...conditionalFunctions,
  ...sketchFunctions,
  ...aggregateFunctions,
  ...checksumFunctions,
  ...windowFunctions,
];
