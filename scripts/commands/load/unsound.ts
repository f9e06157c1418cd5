import type { Soundness } from '../../core/rules/soundness.ts';
import { blockedText } from '../definitions.ts';
import { emptyOutcome, type TableOutcome } from './report.ts';

/** The outcomes of tables that a load of everything had to leave out: their definitions, or what they read, are at fault. */
export function unsoundOutcomes(found: Soundness): readonly TableOutcome[] {
  const failed = [...found.broken].flatMap(([key, findings]): TableOutcome[] => {
    if (!found.loads.has(key)) return [];
    const errors = findings.map(({ place: { path, line, column }, rule, message, cure }) => {
      return { where: `${path}:${line}:${column}`, message: `${rule} ${message}`, cure };
    });
    return [{ ...emptyOutcome(key), state: 'failed', errors }];
  });
  const blocked = [...found.dependants.keys()].flatMap((key): TableOutcome[] => {
    const cure = 'it is loaded by the next run once these are right';
    return found.loads.has(key)
      ? [{ ...emptyOutcome(key), state: 'blocked', errors: [{ message: blockedText(found, key), cure }] }]
      : [];
  });
  return [...failed, ...blocked];
}
