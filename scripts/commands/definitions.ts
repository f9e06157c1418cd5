import { loadDefinitions, type Pipeline } from '../core/define/index.ts';
import type { Definitions } from '../core/model/definition.ts';
import { UserError } from '../core/model/exit.ts';
import type { Finding } from '../core/model/finding.ts';
import { logText } from '../core/render/text.ts';
import type { Context } from '../core/rules/context.ts';
// Not the index: what judges how files look is of no use here and slow to load.
import { contextOf, judgeMeaning } from '../core/rules/meaning.ts';
import { type Soundness, soundness } from '../core/rules/soundness.ts';

const SHOWN = 5;

/** A permission is judged by the plan itself, and must stop no load. */
const FOR_AUTHORS = /^allow-/;

/** The definitions of a repository for a verb that works on all of them; refuses what validate refuses. */
export function readDefinitions(pipeline: Pipeline): Definitions {
  const { context, errors } = judged(pipeline);
  if (errors.length === 0) return context.definitions;
  throw refusal(errors);
}

/**
 * The definitions for a verb that works on single tables: a fault of one of them must not stop the others, least of all
 * a rollback. Refuses only where lake.yaml is at fault; the rest is told.
 */
export function readSound(pipeline: Pipeline): Soundness {
  const { context, errors } = judged(pipeline);
  const found = soundness(context, errors);
  if (found.lake.length > 0) throw refusal(found.lake);
  return found;
}

/** Refuses tables (to ask: a saved query) that were named and are at fault, or, to load them, read such. */
export function requireSound(found: Soundness, names: readonly string[], use: 'load' | 'look' | 'ask'): void {
  const isNamed = (key: string): boolean =>
    names.some((name) => name === key || (use !== 'ask' && key.endsWith(`.${name}`)));
  const own = [...found.broken].flatMap(([key, findings]) => (isNamed(key) ? findings : []));
  if (own.length > 0) throw refusal(own);
  if (use !== 'load') return;
  for (const key of found.dependants.keys()) if (isNamed(key)) throw new UserError(blockedText(found, key), CURE);
}

/** Why a sound table cannot be loaded. */
export function blockedText({ dependants }: Pick<Soundness, 'dependants'>, key: string): string {
  return `${key} reads ${dependants.get(key)?.join(', ')}, whose definition has faults`;
}

/** What is at fault, as warnings for standard error. */
export function unsoundLines({ broken, others }: Pick<Soundness, 'broken' | 'others'>): readonly string[] {
  const findings = [...new Set([...[...broken.values()].flat(), ...others])];
  if (findings.length === 0) return [];
  const lines = findings.slice(0, SHOWN).map((finding) => `warning: ${lineOf(finding)}`);
  const more = findings.length > SHOWN ? [`warning: and ${findings.length - SHOWN} more faults`] : [];
  return [...lines, ...more, `  what these are about is left out; ${CURE}`].map(logText);
}

const CURE = 'npm run validate lists all with their cures';

function judged(pipeline: Pipeline): { readonly context: Context; readonly errors: readonly Finding[] } {
  const reading = loadDefinitions(pipeline.files);
  const context = contextOf({ ...reading, findings: [...pipeline.findings, ...reading.findings] }, '');
  const errors = judgeMeaning(context).filter(({ severity, rule }) => severity === 'error' && !FOR_AUTHORS.test(rule));
  return { context, errors };
}

function refusal(errors: readonly Finding[]): UserError {
  const lines = errors.slice(0, SHOWN).map((finding) => `\n  ${lineOf(finding)}`);
  const more = errors.length > SHOWN ? `\n  and ${errors.length - SHOWN} more` : '';
  const count = errors.length === 1 ? 'a fault' : `${errors.length} faults`;
  const [only] = errors;
  const cure = errors.length === 1 && only?.cure ? `${only.cure} (npm run validate shows the place)` : CURE;
  return new UserError(`the definitions have ${count}:${lines.join('')}${more}`, cure);
}

function lineOf({ place, rule, message }: Finding): string {
  return `${place.path}:${place.line}:${place.column} ${rule} ${message}`;
}
