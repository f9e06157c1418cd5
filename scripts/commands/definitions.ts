import { readPipeline } from '../adapters/files.ts';
import { loadDefinitions } from '../core/define/index.ts';
import type { Definitions } from '../core/model/definition.ts';
import { UserError } from '../core/model/exit.ts';

const SHOWN = 5;

/** The definitions of a repository for a verb that works on them; refuses those whose form is broken. */
export async function readDefinitions(dir: string): Promise<Definitions> {
  const pipeline = await readPipeline(dir);
  const reading = loadDefinitions(pipeline.files);
  const errors = [...pipeline.findings, ...reading.findings].filter((finding) => finding.severity === 'error');
  const [first] = errors;
  if (first === undefined) return reading.definitions;
  const lines = errors.slice(0, SHOWN).map(({ place, rule, message }) => {
    return `\n  ${place.path}:${place.line}:${place.column} ${rule} ${message}`;
  });
  const more = errors.length > SHOWN ? `\n  and ${errors.length - SHOWN} more` : '';
  throw new UserError(
    `the definitions have ${errors.length} faults:${lines.join('')}${more}`,
    'npm run validate lists them all with their cures',
  );
}
