import type { Change } from '../change/change.ts';
import type { ViewState } from '../normalize/state.ts';
import { sameTrinoType } from '../normalize/trino-type.ts';
import { diffComment } from './columns.ts';
import { diffDescription } from './table.ts';

/** What of a view Athena has to make anew: its SELECT, or column types that it froze when the view was made. */
function viewReplacement(before: ViewState, after: ViewState): readonly string[] {
  const what = before.sql === after.sql ? [] : ['its SELECT'];
  const old = new Map(before.columns.map((column) => [column.name, column]));
  const names = (state: ViewState): string => state.columns.map((column) => column.name).join();
  if (names(before) !== names(after)) what.push('its columns');
  for (const column of after.columns) {
    const was = old.get(column.name);
    if (was !== undefined && !sameTrinoType(column.type, was.type)) {
      what.push(`${column.name} ${was.type} -> ${column.type}`);
    }
  }
  return what;
}

/**
 * All changes that bring a view from what it is to what it should be. `upstream` names tables that it reads and whose
 * column types change in the same plan: Athena refuses a view whose stored types no longer fit (VIEW_IS_STALE).
 */
export function diffView(
  object: string,
  before: ViewState,
  after: ViewState,
  upstream: readonly string[],
): readonly Change[] {
  const what = [...viewReplacement(before, after), ...upstream.map((table) => `types of ${table} change`)];
  return [
    ...(what.length === 0 ? [] : [replaced(object, before, after, what)]),
    ...after.columns.flatMap((column) => {
      const was = before.columns.find((each) => each.name === column.name);
      return was === undefined ? [] : diffComment(object, was, column);
    }),
    ...diffDescription(object, before.comment, after.comment),
    ...diffOwner(object, before.owner, after.owner),
  ];
}

function replaced(object: string, before: ViewState, after: ViewState, what: readonly string[]): Change {
  const now = new Set(after.columns.map((column) => column.name));
  const gone = before.columns.filter((column) => !now.has(column.name)).map((column) => column.name);
  return gone.length === 0
    ? { object, kind: 'replace_view', what, risk: 'safe', reason: 'a view holds no data' }
    : { object, kind: 'replace_view', what, risk: 'destructive', reason: `readers lose ${gone.join(', ')}` };
}

function diffOwner(object: string, from: string, to: string): readonly Change[] {
  if (from === to) return [];
  const change = { object, kind: 'set_property', key: 'weir.owner', to, risk: 'safe' } as const;
  return [{ ...change, from: from === '' ? undefined : from, reason: 'a table property' }];
}
