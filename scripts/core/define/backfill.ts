import type { Backfill } from '../model/definition.ts';
import { child, itemsOf, placeOf, type Tree, textOf } from './tree.ts';

export const BACKFILL_FILE = /^pipeline\/backfills\/([^/]+)\.yaml$/;

/** The model of a backfill; undefined where the schema refused what it cannot do without. */
export function readBackfill(tree: Tree, path: string): Backfill | undefined {
  const [from, to, reason, opened, status] = ['from', 'to', 'reason', 'opened', 'status'].map((key) =>
    textOf(child(tree, key)),
  );
  if (from === undefined || to === undefined || reason === undefined || opened === undefined) return undefined;
  if (status !== 'open' && status !== 'done' && status !== 'cancelled') return undefined;
  return {
    name: BACKFILL_FILE.exec(path)?.[1] ?? '',
    tables: itemsOf(child(tree, 'tables')).flatMap((item) => textOf(item) ?? []),
    from,
    to,
    except: itemsOf(child(tree, 'except')).map((item) => exceptOf(textOf(item) ?? '')),
    reason,
    opened,
    openedPlace: placeOf(tree, ['opened']),
    status,
    place: tree.place,
  };
}

/** A day, or two with dots between. */
function exceptOf(text: string): { readonly from: string; readonly to: string } {
  const [from = '', to = from] = text.split('..');
  return { from, to };
}
