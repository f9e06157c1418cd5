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
import { plural, visible } from './text.ts';

/** GitHub refuses comments above 65,536 characters; some room is left for what a workflow adds. */
export const LONGEST_COMMENT = 65_000;
/** One statement may be a quarter of a megabyte; more than this of it helps nobody in a comment. */
const LONGEST_BLOCK = 8_000;

const TITLES: Readonly<Record<Group, string>> = {
  drop: 'Drop',
  refused: 'Refused',
  change: 'Change',
  create: 'Create',
};

export interface MarkdownOptions {
  /** Longest text; none for the run's summary and files. */
  readonly longest?: number;
  /** Said at the end: the commit, the age of the snapshot ... */
  readonly notes?: readonly string[];
}

/** The plan for a pull request. All text of definitions and catalog is data here, never markup. */
export function renderMarkdown(plan: Plan, options: MarkdownOptions = {}): string {
  const head = [
    `<!-- weir-plan:${plan.environment} -->`,
    `### Plan for ${inline(plan.environment)}: ${headline(plan)}`,
    ...destructiveBlock(plan),
  ];
  const middle = GROUPS.flatMap((group) => groupBlock(plan, group));
  const statements = plan.steps.map((step) => fence(`-- ${step.number}  ${step.object}\n${stepText(step)}`));
  const tail = [...staleBlock(plan), ...foreignBlock(plan), ...notesBlock(plan, options.notes ?? [])];
  return fit({ head, middle, statements, tail }, options.longest ?? Number.POSITIVE_INFINITY);
}

interface Parts {
  readonly head: readonly string[];
  readonly middle: readonly string[];
  readonly statements: readonly string[];
  readonly tail: readonly string[];
}

/** Leaves out blocks from the middle until the text fits: whole ones, so that nothing is left open. */
function fit(parts: Parts, longest: number): string {
  let statements = parts.statements;
  let middle = parts.middle;
  let tail = parts.tail;
  let head = parts.head;
  const text = (): string => assemble({ head, middle, statements, tail }, parts);
  const shrink = (blocks: readonly string[]): readonly string[] => {
    const keep = Math.floor(blocks.length / 2);
    const first = Math.ceil(keep / 2);
    return [...blocks.slice(0, first), ...blocks.slice(blocks.length - (keep - first))];
  };
  while (text().length > longest && statements.length > 0) statements = shrink(statements);
  while (text().length > longest && middle.length > 0) middle = shrink(middle);
  while (text().length > longest && head.length > 2) head = [...head.slice(0, 2), ...shrink(head.slice(2))];
  while (text().length > longest && tail.length > 1) tail = [...shrink(tail.slice(0, -1)), tail.at(-1)!];
  return text();
}

function assemble(now: Parts, whole: Parts): string {
  const left = whole.statements.length - now.statements.length;
  const cut =
    left > 0 ||
    now.middle.length < whole.middle.length ||
    now.head.length < whole.head.length ||
    now.tail.length < whole.tail.length;
  const folded =
    whole.statements.length === 0
      ? []
      : [
          `<details><summary>${plural(whole.statements.length, 'statement')}${left > 0 ? `, ${left} left out here` : ''}</summary>`,
          ...now.statements,
          '</details>',
        ];
  const note = cut ? ['_Too long for a comment: the whole plan is in the summary of the run._'] : [];
  return `${[...now.head, ...now.middle, ...folded, ...note, ...now.tail].join('\n\n')}\n`;
}

function destructiveBlock(plan: Plan): readonly string[] {
  const changes = destructive(plan);
  if (changes.length === 0) return [];
  return [
    '> [!CAUTION]\n> **Destructive**',
    ...changes.map(
      (change) => `- :warning: ${inline(change.object)} ${inline(describe(change))}: ${prose(change.reason)}`,
    ),
  ];
}

function groupBlock(plan: Plan, group: Group): readonly string[] {
  const objects = plan.objects.filter((object) => groupOf(object) === group);
  if (objects.length === 0) return [];
  return [`**${TITLES[group]}**`, ...objects.map(objectBlock)];
}

function objectBlock(object: PlannedObject): string {
  const standing = ['drift', 'interrupted', 'foreign', 'adopt'].includes(object.standing)
    ? ` (${object.standing})`
    : '';
  const single = object.changes.length === 1 && saysItAll(object.changes[0]!);
  const lines = [
    `- ${object.kind} ${inline(object.object)}${standing}`,
    ...(single ? [] : object.changes.map((change) => `  - ${inline(describe(change))}${riskNote(change)}`)),
    ...object.refusals.map(({ reason, cure }) => `  - **refused**: ${prose(reason)}. Cure: ${prose(cure)}`),
  ];
  return lines.join('\n');
}

function riskNote(change: PlannedObject['changes'][number]): string {
  return change.risk === 'safe' ? '' : ` **${change.risk}**: ${prose(change.reason)}`;
}

function staleBlock(plan: Plan): readonly string[] {
  if (plan.stale.length === 0) return [];
  const lines = plan.stale.map((stale) => {
    return `- ${prose(staleText(stale))}; ${prose(staleCost(stale))}. Backfill: ${inline(stale.command)}`;
  });
  return [`**Stale**\n\n${lines.join('\n')}`];
}

function foreignBlock(plan: Plan): readonly string[] {
  if (plan.foreign.length === 0) return [];
  const names = plan.foreign.map((each) => `- ${each.kind} ${inline(each.object)}`);
  const summary = `${plural(plan.foreign.length, 'object')} that Weir did not make, left alone`;
  return [`<details><summary>${summary}</summary>\n\n${names.join('\n')}\n\n</details>`];
}

function notesBlock(plan: Plan, notes: readonly string[]): readonly string[] {
  const against = plan.against === 'snapshot' ? 'against the catalog snapshot' : 'against the live catalog';
  const digest = plan.steps.length === 0 ? [] : [`digest ${inline(plan.digest)}`];
  return [`<sub>${[against, ...digest, ...notes.map(prose)].join(' · ')}</sub>`];
}

/** A fenced block that its content cannot close. */
export function fence(content: string): string {
  const shown = visible(content);
  const clipped = shown.length > LONGEST_BLOCK ? `${shown.slice(0, LONGEST_BLOCK)}\n-- cut here` : shown;
  const ticks = '`'.repeat(Math.max(3, longestRun(clipped) + 1));
  return `${ticks}sql\n${clipped}\n${ticks}`;
}

/** A code span that its content cannot leave; in code, @ and # link to nobody. */
export function inline(content: string): string {
  const shown = clip(visible(content).replace(/\s+/g, ' '));
  const ticks = '`'.repeat(longestRun(shown) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ' ' : '';
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

/** Running text: no markup, no HTML, no mentions, no references to issues. */
export function prose(content: string): string {
  return clip(visible(content).replace(/\s+/g, ' '))
    .replace(/[\\`*_{}[\]()|~!>]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[@#]/g, '$&\u200b')
    .replace(/:\/\//g, ':\u200b//');
}

function clip(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)} ...` : text;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
}
