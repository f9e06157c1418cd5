import { describe } from '../change/change.ts';
import type { Plan, PlannedObject } from '../plan/plan.ts';
import {
  destructive,
  GROUPS,
  type Group,
  groupOf,
  headline,
  saysItAll,
  staleCost,
  staleText,
  stepText,
} from './plan-parts.ts';
import { visible } from './text.ts';

const MARKS: Readonly<Record<Group, string>> = { create: '+', change: '~', drop: '-', refused: 'x' };
const COLORS = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 } as const;
type Paint = (color: keyof typeof COLORS, text: string) => string;

/** A plan for people on a terminal; `color` false for pipes and NO_COLOR. */
export function renderPlan(plan: Plan, options: { readonly color: boolean }): string {
  const paint: Paint = (color, text) => (options.color ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text);
  const against = plan.against === 'snapshot' ? ', against the catalog snapshot' : '';
  const sections = [
    [paint('bold', `Plan for ${plan.environment}${against}: ${headline(plan)}`)],
    destructiveLines(plan, paint),
    ...GROUPS.map((group) => groupLines(plan, group, paint)),
    stepLines(plan, paint),
    staleLines(plan, paint),
    foreignLines(plan),
    plan.steps.length === 0 ? [] : [paint('dim', `digest ${plan.digest}`)],
  ];
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  return `${options.color ? text : visible(text)}\n`;
}

function destructiveLines(plan: Plan, paint: Paint): readonly string[] {
  const changes = destructive(plan);
  if (changes.length === 0) return [];
  return [
    paint('red', 'Destructive'),
    ...changes.map((change) => paint('red', `  ! ${change.object}: ${visible(describe(change))}; ${change.reason}`)),
  ];
}

function groupLines(plan: Plan, group: Group, paint: Paint): readonly string[] {
  const objects = plan.objects.filter((object) => groupOf(object) === group);
  if (objects.length === 0) return [];
  return [
    paint('bold', `${group.slice(0, 1).toUpperCase()}${group.slice(1)}`),
    ...objects.flatMap((each) => objectLines(each, group, paint)),
  ];
}

function objectLines(object: PlannedObject, group: Group, paint: Paint): readonly string[] {
  const color = group === 'create' ? 'green' : group === 'change' ? 'yellow' : 'red';
  const standing = ['drift', 'interrupted', 'foreign', 'adopt'].includes(object.standing)
    ? ` (${object.standing})`
    : '';
  const single = object.changes.length === 1 && saysItAll(object.changes[0]!);
  return [
    paint(color, `  ${MARKS[group]} ${object.kind} ${object.object}${standing}`),
    ...(single ? [] : object.changes.map((change) => `      ${visible(describe(change))}${riskNote(change)}`)),
    ...object.refusals.flatMap(({ reason, cure }) => [
      paint('red', `      refused: ${visible(reason)}`),
      `      cure: ${visible(cure)}`,
    ]),
  ];
}

function riskNote(change: PlannedObject['changes'][number]): string {
  return change.risk === 'safe' ? '' : ` [${change.risk}: ${change.reason}]`;
}

function stepLines(plan: Plan, paint: Paint): readonly string[] {
  if (plan.steps.length === 0) return [];
  return [
    paint('bold', 'Statements, in this order'),
    ...plan.steps.flatMap((step) => {
      const [first = '', ...rest] = visible(stepText(step)).split('\n');
      const head = `  ${String(step.number).padStart(2)}  `;
      return [`${head}${first}`, ...rest.map((line) => `      ${line}`)];
    }),
  ];
}

function staleLines(plan: Plan, paint: Paint): readonly string[] {
  if (plan.stale.length === 0) return [];
  return [
    paint('bold', 'Stale'),
    ...plan.stale.flatMap((stale) => [
      paint('yellow', `  ${staleText(stale)}`),
      `      backfill: ${stale.command}`,
      `      ${staleCost(stale)}`,
    ]),
  ];
}

function foreignLines(plan: Plan): readonly string[] {
  if (plan.foreign.length === 0) return [];
  return [
    'Not in the definitions and not made by Weir, left alone:',
    ...plan.foreign.map((each) => `  ${each.kind} ${visible(each.object)}`),
  ];
}
