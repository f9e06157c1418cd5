import { describe } from '../change/change.ts';
import { createView } from '../ddl/view.ts';
import type { ViewDiff } from '../diff/object-diff.ts';
import type { Environment } from '../model/definition.ts';
import { viewSql } from '../normalize/desired.ts';
import { stateHash } from '../normalize/state.ts';
import type { UnnumberedStep } from './step.ts';

/** The statement that makes a view, where its SELECT or types change, and the call that describes and marks it. */
export function viewSteps(diff: ViewDiff, environment: Environment): readonly UnnumberedStep[] {
  const { object, definition, after } = diff;
  const made = diff.changes.some((change) => change.kind === 'create_view' || change.kind === 'replace_view');
  const statement: UnnumberedStep = {
    object,
    kind: 'athena',
    sql: createView(after, viewSql(definition, environment)),
  };
  const { database, name, comment, owner, columns, sql } = after;
  const mark: UnnumberedStep = {
    object,
    kind: 'glue',
    call: { call: 'MarkView', database, name, comment, owner, columns, sql, applied: stateHash(after) },
    shown: made ? markLines(diff) : diff.changes.map((change) => `~ ${describe(change)}`),
  };
  return [...(made ? [statement] : []), mark];
}

/** CREATE OR REPLACE VIEW leaves a view without any of these. */
function markLines({ after }: ViewDiff): readonly string[] {
  return [
    ...(after.comment === '' ? [] : [`+ description: ${JSON.stringify(after.comment)}`]),
    ...after.columns
      .filter((column) => column.comment !== '')
      .map((column) => `+ describe ${column.name}: ${JSON.stringify(column.comment)}`),
    ...(after.owner === '' ? [] : [`+ set weir.owner = ${JSON.stringify(after.owner)}`]),
    '+ the mark of Weir',
  ];
}
