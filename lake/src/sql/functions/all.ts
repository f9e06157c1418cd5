import type { FunctionDefinition } from './definition.ts';
import { mathFunctions } from './math.ts';

/** Every function there is, by area. */
export const definitions: readonly FunctionDefinition[] = [...mathFunctions];
