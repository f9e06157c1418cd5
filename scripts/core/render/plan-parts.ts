import type { Change } from '../change/change.ts';
import type { Plan, PlannedObject } from '../plan/plan.ts';
import type { StaleTable } from '../plan/stale.ts';
import type { GlueCall, Step } from '../plan/step.ts';
import { bytesText, plural, usdText } from './text.ts';

/** What the plan's renderings have in common: sentences and groups, without any marks. */

export type Group = 'create' | 'change' | 'drop' | 'refused';

export const GROUPS: readonly Group[] = ['drop', 'refused', 'change', 'create'];

export function groupOf(object: PlannedObject): Group {
  if (object.refusals.length > 0) return 'refused';
  if (object.standing === 'gone') return 'drop';
  return object.standing === 'new' ? 'create' : 'change';
}

export function headline(plan: Plan): string {
  const { create, change, drop, refused, statements } = plan.counts;
  const parts = [
    create > 0 ? `${create} to create` : '',
    change > 0 ? `${change} to change` : '',
    drop > 0 ? `${drop} to drop` : '',
    refused > 0 ? `${refused} refused` : '',
  ].filter((part) => part !== '');
  if (parts.length === 0) return 'nothing to do, the catalog is as the definitions say';
  return `${parts.join(', ')}; ${plural(statements, 'statement')}`;
}

/** Destructive changes, of refused objects too: they are what a reviewer must see first. */
export function destructive(plan: Plan): readonly Change[] {
  return plan.objects.flatMap((object) => object.changes.filter((change) => change.risk === 'destructive'));
}

/** True for a change that its group's title tells already. */
export function saysItAll(change: Change): boolean {
  return /^(create|drop)_(database|table|view)$/.test(change.kind);
}

/** The Glue operation behind each call of a plan. */
const OPERATIONS: Readonly<Record<GlueCall['call'], string>> = {
  UpdateDatabase: 'UpdateDatabase',
  UpdateTable: 'UpdateTable',
  MarkView: 'UpdateTable',
  UpdatePartitions: 'BatchUpdatePartition',
  CopyTable: 'CreateTable',
  CopyPartitions: 'BatchCreatePartition',
};

/** A step as text: the statement, or the Glue operation with a line for each thing that it changes. */
export function stepText(step: Step): string {
  if (step.kind === 'athena') return `${step.sql};`;
  return [`-- Glue ${OPERATIONS[step.call.call]} ${targetOf(step.call)}`, ...step.shown].join('\n');
}

function targetOf(call: GlueCall): string {
  if (call.call === 'UpdateDatabase') return call.name;
  const { database, name } = call.call === 'CopyTable' || call.call === 'CopyPartitions' ? call.to : call;
  return `${database}.${name}`;
}

export function staleText(stale: StaleTable): string {
  const what =
    stale.partitions === undefined
      ? `${stale.table} was loaded by another definition`
      : `${stale.partitions.stale} of ${plural(stale.partitions.of, 'partition')} of ${stale.table} were loaded by another definition`;
  return stale.from === undefined ? what : `${what} (${stale.from} to ${stale.to})`;
}

export function staleCost({ sourceBytes, upstream, queries, usd }: StaleTable): string {
  const landing = sourceBytes === 0 && upstream.length > 0 ? [] : [bytesText(sourceBytes)];
  const loads = upstream.length === 0 ? [] : [`the loads of ${upstream.join(', ')}`];
  const price = `${upstream.length === 0 ? 'about' : 'at least'} ${usdText(usd)}`;
  return `it reads ${[...landing, ...loads].join(' and ')} in ${plural(queries, 'query', 'queries')}, ${price}`;
}
