import { loadDefinitions, type Pipeline } from '../core/define/index.ts';
import type { Definitions } from '../core/model/definition.ts';
import { UserError } from '../core/model/exit.ts';

const SHOWN = 5;

/** The definitions of a repository for a verb that works on them; refuses those whose form is broken. */
export function readDefinitions(pipeline: Pipeline): Definitions {
  const reading = loadDefinitions(pipeline.files);
  const errors = [...pipeline.findings, ...reading.findings].filter((finding) => finding.severity === 'error');
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
