import { loadDefinitions, type Pipeline } from '../core/define/index.ts';
import type { Definitions } from '../core/model/definition.ts';
import { UserError } from '../core/model/exit.ts';
// Not the index: what judges how files look is of no use here and slow to load.
import { contextOf, judgeMeaning } from '../core/rules/meaning.ts';

const SHOWN = 5;

/** A permission is judged by the plan itself, and must stop no load. */
const FOR_AUTHORS = /^allow-/;

/** The definitions of a repository for a verb that works on them; refuses what validate refuses. */
export function readDefinitions(pipeline: Pipeline): Definitions {
  const reading = loadDefinitions(pipeline.files);
  const findings = judgeMeaning(contextOf({ ...reading, findings: [...pipeline.findings, ...reading.findings] }, ''));
  const errors = findings.filter(({ severity, rule }) => severity === 'error' && !FOR_AUTHORS.test(rule));
  if (errors.length === 0) return reading.definitions;
  const lines = errors.slice(0, SHOWN).map(({ place, rule, message }) => {
    return `\n  ${place.path}:${place.line}:${place.column} ${rule} ${message}`;
  });
  const more = errors.length > SHOWN ? `\n  and ${errors.length - SHOWN} more` : '';
  const count = errors.length === 1 ? 'a fault' : `${errors.length} faults`;
  throw new UserError(
    `the definitions have ${count}:${lines.join('')}${more}`,
    'npm run validate lists all with their cures',
  );
}
