import type { Change } from '../change/change.ts';
import { type DiffInput, diffLake } from '../diff/diff.ts';
import type { Foreign, ObjectDiff, Refusal, Standing } from '../diff/object-diff.ts';
import { isView } from '../normalize/actual.ts';
import { contentHash, stateHash } from '../normalize/state.ts';
import { orderedSteps } from './order.ts';
import { type StaleTable, staleTables } from './stale.ts';
import type { Step } from './step.ts';

/** What apply would do, as data: printed, written to a file, compared. */
export interface Plan {
  readonly version: 1;
  readonly environment: string;
  readonly against: 'live' | 'snapshot';
  /** Over the steps and the state of the objects that they touch. */
  readonly digest: string;
  readonly counts: PlanCounts;
  /** Objects with changes, refused ones among them. */
  readonly objects: readonly PlannedObject[];
  readonly steps: readonly Step[];
  readonly foreign: readonly Foreign[];
  readonly stale: readonly StaleTable[];
}

export interface PlanCounts {
  readonly create: number;
  readonly change: number;
  readonly drop: number;
  readonly refused: number;
  readonly destructive: number;
  readonly statements: number;
}

export interface PlannedObject {
  /** As the definitions name it. */
  readonly object: string;
  readonly kind: 'database' | 'table' | 'view';
  readonly standing: Standing;
  readonly changes: readonly Change[];
  readonly refusals: readonly Refusal[];
  /** Hash of its normalised state when the plan was made; null where there was none. */
  readonly before: string | null;
}

export interface PlanInput extends DiffInput {
  readonly against: 'live' | 'snapshot';
  /** Only these objects (database.table, or a database for all in it); none: everything. */
  readonly only?: readonly string[];
}

/** Works out what apply would do. Pure. */
export function makePlan(input: PlanInput): Plan {
  const { definitions, environment, actual, only = [] } = input;
  const diff = diffLake(input);
  const asked = (object: string): boolean => only.length === 0 || only.some((name) => isAsked(object, name));
  const objects = diff.objects.filter((object) => asked(object.object));
  const steps = orderedSteps(objects, environment);
  const planned = objects
    .filter((object) => object.changes.length > 0 || object.refusals.length > 0)
    .map(plannedObject);
  return {
    version: 1,
    environment: environment.name,
    against: input.against,
    digest: digestOf(steps, planned),
    counts: countsOf(planned, steps),
    objects: planned,
    steps,
    foreign: diff.foreign.filter((each) => asked(each.object)),
    stale: staleTables(definitions, environment, actual).filter((each) => asked(each.table)),
  };
}

/** The database of a table that is asked for is wanted with it. */
function isAsked(object: string, name: string): boolean {
  return object === name || object.startsWith(`${name}.`) || name.startsWith(`${object}.`);
}

function plannedObject(diff: ObjectDiff): PlannedObject {
  const { object, standing, changes, refusals } = diff;
  const kind = diff.kind === 'drop' ? (isView(diff.actual) ? 'view' : 'table') : diff.kind;
  return { object, kind, standing, changes, refusals, before: beforeOf(diff) };
}

function beforeOf(diff: ObjectDiff): string | null {
  if (diff.kind === 'drop') return contentHash(diff.changes);
  return diff.before === undefined ? null : stateHash(diff.before);
}

function digestOf(steps: readonly Step[], objects: readonly PlannedObject[]): string {
  const touched = new Set(steps.map((step) => step.object));
  const states = objects.filter(({ object }) => touched.has(object)).map(({ object, before }) => [object, before]);
  const told = steps.map((step) => (step.kind === 'athena' ? [step.object, step.sql] : [step.object, step.call]));
  return contentHash({ steps: told, states });
}

function countsOf(objects: readonly PlannedObject[], steps: readonly Step[]): PlanCounts {
  const open = objects.filter((object) => object.refusals.length === 0);
  const created = open.filter((object) => object.standing === 'new').length;
  const dropped = open.filter((object) => object.standing === 'gone').length;
  return {
    create: created,
    drop: dropped,
    change: open.length - created - dropped,
    refused: objects.length - open.length,
    destructive: open.filter((object) => object.changes.some((change) => change.risk === 'destructive')).length,
    statements: steps.length,
  };
}

/** True where apply would do something, or refuses to. */
export function isPending(plan: Plan): boolean {
  return plan.objects.length > 0;
}
