import { UserError } from '../model/exit.ts';
import type { Plan } from './plan.ts';
import type { Step } from './step.ts';

/** Reads a plan's file as data: it may come from anywhere. */
export function parsePlan(text: string, path: string): Pick<Plan, 'digest' | 'environment' | 'steps' | 'version'> {
  const broken = (what: string): UserError =>
    new UserError(`this is not a plan: ${what}`, 'make it anew with npm run plan -- --out FILE', { where: path });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw broken('no JSON');
  }
  const plan = data as Partial<Plan> | null;
  if (plan === null || typeof plan !== 'object') throw broken('expected { version, environment, digest, steps }');
  if (plan.version !== 1) throw broken(`its version is ${JSON.stringify(plan.version)}, this Weir reads version 1`);
  const { digest, environment, steps, version } = plan;
  if (typeof digest !== 'string' || typeof environment !== 'string' || !Array.isArray(steps)) {
    throw broken('expected { version, environment, digest, steps }');
  }
  return { digest, environment, steps, version };
}

/**
 * Refuses to apply another plan than the one that was reviewed. Nothing of the reviewed one is ever run: it is compared
 * with what this run works out by itself.
 */
export function assertReviewed(
  now: Plan,
  reviewed: { readonly digest: string; readonly environment?: string; readonly steps?: readonly Step[] },
): void {
  if (reviewed.environment !== undefined && reviewed.environment !== now.environment) {
    throw new UserError(
      `the reviewed plan is for environment ${reviewed.environment}, this is ${now.environment}`,
      `use --env ${reviewed.environment}, or a plan that was made for ${now.environment}`,
    );
  }
  if (reviewed.digest === now.digest) return;
  throw new UserError(
    `the reviewed plan is stale: its digest is ${reviewed.digest}, now it is ${now.digest}${difference(now, reviewed.steps)}`,
    'run plan again, review it, and apply that',
  );
}

const SHOWN = 10;

function difference(now: Plan, steps: readonly Step[] | undefined): string {
  if (steps === undefined) return '';
  const before = new Set(steps.map(lineOf));
  const after = new Set(now.steps.map(lineOf));
  const lines = [
    ...[...before].filter((line) => !after.has(line)).map((line) => `  - ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `  + ${line}`),
  ];
  if (lines.length === 0) return '\n  the statements are the same, but objects that they touch have changed';
  const more = lines.length > SHOWN ? [`  and ${lines.length - SHOWN} more`] : [];
  return `\n${[...lines.slice(0, SHOWN), ...more].join('\n')}`;
}

function lineOf(step: Step): string {
  // A reviewed plan is a file, and may hold anything.
  const { object, sql, call } = (step ?? {}) as { object?: unknown; sql?: unknown; call?: unknown };
  const text = typeof sql === 'string' ? sql : JSON.stringify(call ?? null);
  const flat = text.replace(/\s+/g, ' ');
  return `${String(object)}: ${flat.length > 160 ? `${flat.slice(0, 157)}...` : flat}`;
}
