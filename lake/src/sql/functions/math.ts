import { type FunctionDefinition, scalar } from './definition.ts';

/** Numbers. */
export const mathFunctions: readonly FunctionDefinition[] = [scalar('pi() double', 'pi()')];
