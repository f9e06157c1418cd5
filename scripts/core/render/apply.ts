import type { ApplyResult, Outcome } from '../plan/outcome.ts';
import type { Step } from '../plan/step.ts';
import { stepText } from './plan-parts.ts';
import { plural, visible } from './text.ts';

/** One line a step while apply works. */
export function renderProgress(step: Step, outcome: Outcome, of: number): string {
  const first = visible(stepText(step))
    .split('\n')[0]!
    .replace(/ [({]$/, '')
    .replace(/^-- /, '');
  const end = outcome.status === 'done' ? `done, ${(outcome.ms / 1000).toFixed(1)} s` : outcome.status;
  return `${step.number}/${of} ${step.object}: ${first.slice(0, 100)} ... ${end}`;
}

/** What apply did, and what it did not and why. */
export function renderOutcome(result: ApplyResult): string {
  const count = (status: Outcome['status']): number => result.outcomes.filter((each) => each.status === status).length;
  const failed = result.outcomes.find((outcome) => outcome.status === 'failed');
  const lines = [
    result.outcomes.length === 0 && result.refused.length === 0
      ? `Applied to ${result.environment}: nothing to do, the catalog is as the definitions say`
      : `Applied to ${result.environment}: ${plural(count('done'), 'statement')} done, ${count('failed')} failed, ${count('not-run')} not run`,
    ...(failed?.status === 'failed' ? failureLines(result, failed) : []),
    ...result.refused.flatMap(({ object, refusals }) =>
      refusals.flatMap(({ reason, cure }) => [`refused ${object}: ${visible(reason)}`, `  cure: ${visible(cure)}`]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function failureLines(result: ApplyResult, failed: Extract<Outcome, { status: 'failed' }>): readonly string[] {
  const step = result.steps.find((each) => each.number === failed.number);
  const text = step === undefined ? '' : visible(stepText(step));
  return [
    `failed at ${failed.number}, ${failed.object}:`,
    ...text.split('\n').map((line) => `    ${line}`),
    `  ${visible(failed.reason)}`,
    `  cure: ${visible(failed.cure)}`,
  ];
}
