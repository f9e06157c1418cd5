import type { Change } from '../change/change.ts';
import { isIgnored, isProjectionKey, RETENTION } from '../normalize/properties.ts';
import { narrows } from './projection.ts';

type Properties = Readonly<Record<string, string>>;

/** Changes of table properties. What engines write by themselves counts only where the definition names it. */
export function diffProperties(object: string, before: Properties, after: Properties): readonly Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const hides = narrows(before, after);
  return keys.flatMap((key) => {
    const from = before[key];
    const to = after[key];
    if (from === to || (to === undefined && isIgnored(key))) return [];
    return [propertyChange(object, key, from, to, hides)];
  });
}

function propertyChange(
  object: string,
  key: string,
  from: string | undefined,
  to: string | undefined,
  hides: string | undefined,
): Change {
  if (isProjectionKey(key)) {
    const risk = hides === undefined ? 'safe' : 'destructive';
    return { object, kind: 'change_projection', key, from, to, risk, reason: hides ?? 'no partition is hidden' };
  }
  if (key === RETENTION) return retention(object, from, to);
  if (to === undefined) {
    const change = { object, kind: 'unset_property', key, from: from ?? '' } as const;
    return { ...change, ...propertyRisk(key, from, to) };
  }
  return { object, kind: 'set_property', key, from, to, ...propertyRisk(key, from, to) };
}

function retention(object: string, from: string | undefined, to: string | undefined): Change {
  const shorter = to !== undefined && (from === undefined || Number(to) < Number(from));
  return {
    object,
    kind: 'change_retention',
    key: RETENTION,
    from,
    to,
    risk: shorter ? 'destructive' : 'safe',
    reason: shorter ? `partitions older than ${to} days will be removed` : 'nothing is removed earlier than before',
  };
}

function propertyRisk(
  key: string,
  from: string | undefined,
  to: string | undefined,
): { risk: 'safe' | 'destructive'; reason: string } {
  if (key === 'skip.header.line.count' && Number(to ?? 0) > Number(from ?? 0)) {
    return { risk: 'destructive', reason: 'readers skip more lines at the head of every file' };
  }
  return { risk: 'safe', reason: 'a table property' };
}
