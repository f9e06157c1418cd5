import type { Finding } from '../model/finding.ts';
import type { Context } from './context.ts';
import { looksRules } from './looks.ts';
import { inOrder, judgeMeaning } from './meaning.ts';

export { RULES, type RuleId } from './catalogue.ts';
export { type CompileRequest, type CompileResponse, compileRequest, type Question, readCompiled } from './compile.ts';
export type { Compiled } from './compiled.ts';
export type { Context } from './context.ts';
export { contextOf } from './meaning.ts';

/** Everything that is wrong with the definitions, in the order of the files. */
export function judge(context: Context): readonly Finding[] {
  return inOrder([...judgeMeaning(context), ...looksRules(context)]);
}
