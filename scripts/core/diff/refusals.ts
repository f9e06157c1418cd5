import type { Change } from '../change/change.ts';
import type { Allowance } from '../model/definition.ts';
import { viewReads } from './names.ts';
import type { ObjectDiff, Refusal } from './object-diff.ts';

/** Kinds of change that an allow entry can name beyond those that are destructive by themselves. */
const OVERWRITE_DRIFT = 'overwrite_drift';
const TAKE_OVER = 'take_over';

/** Adds to each object why it is refused; what depends on a refused object is refused with it. */
export function judge(
  objects: readonly ObjectDiff[],
  allowances: readonly Allowance[],
  today: string,
): readonly ObjectDiff[] {
  const judged = objects.map((object) => ({
    ...object,
    refusals: [...object.refusals, ...refusalsOf(object, allowances, today)],
  }));
  return withDependants(judged);
}

function refusalsOf(object: ObjectDiff, allowances: readonly Allowance[], today: string): readonly Refusal[] {
  if (object.changes.length === 0) return [];
  const needs = new Set<string>();
  if (object.standing === 'drift') needs.add(OVERWRITE_DRIFT);
  if (object.standing === 'foreign') needs.add(TAKE_OVER);
  for (const change of object.changes) {
    if (change.risk === 'destructive' && change.kind !== 'unsupported') needs.add(change.kind);
  }
  const unsupported = object.changes.filter((change) => change.kind === 'unsupported');
  return [
    ...unsupported.map((change) => ({
      reason: `cannot be done: ${change.what} (${change.reason})`,
      cure: change.cure,
    })),
    ...[...needs].flatMap((kind) => missing(object, kind, allowances, today)),
  ];
}

function missing(
  object: ObjectDiff,
  kind: string,
  allowances: readonly Allowance[],
  today: string,
): readonly Refusal[] {
  const entries = allowances.filter((entry) => entry.object === object.object && entry.change === kind);
  if (entries.some((entry) => entry.expires >= today)) return [];
  const [expired] = entries;
  const entry = `- { object: ${object.object}, change: ${kind}, reason: ..., expires: ... }`;
  const allow = `add to pipeline/allow.yaml: ${entry}`;
  if (expired !== undefined) {
    const where = `${expired.place.path}:${expired.place.line}`;
    return [{ reason: `the permission for ${kind} expired on ${expired.expires}`, cure: `renew it at ${where}` }];
  }
  return [{ reason: whyRefused(object, kind), cure: `${otherCure(kind)}${allow}` }];
}

function whyRefused(object: ObjectDiff, kind: string): string {
  if (kind === OVERWRITE_DRIFT) return 'it drifted: somebody else changed it since it was last applied';
  if (kind === TAKE_OVER) return 'it is foreign: Weir did not make it, and it differs from its definition';
  const reasons = object.changes.filter((change: Change) => change.kind === kind).map((change) => change.reason);
  return `${kind} is destructive and not allowed: ${[...new Set(reasons)].join('; ')}`;
}

function otherCure(kind: string): string {
  if (kind === OVERWRITE_DRIFT) return 'change the definition to what is there, or undo it there, or ';
  if (kind === TAKE_OVER) return 'change the definition to what is there, or rename it, or ';
  return '';
}

/** A view over an object that is not brought to its definition may not compile: it waits. */
function withDependants(objects: readonly ObjectDiff[]): readonly ObjectDiff[] {
  const refused = new Set(objects.filter((object) => object.refusals.length > 0).map((object) => object.object));
  // Two diffs of one name: what is there has to go before the other kind of object can come.
  let out = objects.map((object) => {
    if (object.refusals.length > 0 || !refused.has(object.object)) return object;
    const refusal = { reason: 'what stands in its place is refused to go', cure: `settle that ${object.object} first` };
    return { ...object, refusals: [refusal] };
  });
  for (let before = -1; before !== refused.size; ) {
    before = refused.size;
    out = out.map((object) => {
      if (object.kind !== 'view' || object.changes.length === 0 || refused.has(object.object)) return object;
      const upstream = viewReads(object.definition).find((name) => refused.has(name));
      if (upstream === undefined) return object;
      refused.add(object.object);
      const cure = `settle ${upstream} first`;
      return { ...object, refusals: [...object.refusals, { reason: `it reads ${upstream}, which is refused`, cure }] };
    });
  }
  return out;
}
