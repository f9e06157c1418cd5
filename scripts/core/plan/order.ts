import { describe } from '../change/change.ts';
import { createDatabase, dropDatabase, dropTable } from '../ddl/hive.ts';
import { dropView } from '../ddl/view.ts';
import { lakeMark } from '../diff/databases.ts';
import { viewReads } from '../diff/names.ts';
import type { DatabaseDiff, DropDiff, ObjectDiff, ViewDiff } from '../diff/object-diff.ts';
import { MANAGED } from '../model/catalog.ts';
import type { Environment } from '../model/definition.ts';
import { isView } from '../normalize/actual.ts';
import { ENVIRONMENT } from '../normalize/properties.ts';
import type { Step, UnnumberedStep } from './step.ts';
import { tableSteps } from './table-steps.ts';
import { viewSteps } from './view-steps.ts';

/**
 * All steps in the order in which they can run: databases, what stands in another object's place, tables, views after
 * what they read, and at last everything that goes. Refused objects have none.
 */
export function orderedSteps(objects: readonly ObjectDiff[], environment: Environment): readonly Step[] {
  const open = objects.filter((object) => object.refusals.length === 0 && object.changes.length > 0);
  const databases = open.filter((object) => object.kind === 'database');
  const drops = open.filter((object) => object.kind === 'drop');
  const wanted = new Set(open.flatMap((each) => (each.kind === 'table' || each.kind === 'view' ? [each.object] : [])));
  const inTheWay = drops.filter((drop) => wanted.has(drop.object));
  const tables = open.filter((object) => object.kind === 'table').map(tableSteps);
  const views = topological(open.filter((object) => object.kind === 'view'));
  const rest = drops.filter((drop) => !wanted.has(drop.object));
  const steps = [
    ...databases.filter((database) => database.after !== undefined).flatMap((each) => databaseSteps(each, environment)),
    ...inTheWay.map(dropStep),
    ...tables.flatMap((table) => table.steps),
    ...views.flatMap((view) => viewSteps(view, environment)),
    ...rest.filter((drop) => isView(drop.actual)).map(dropStep),
    ...tables.flatMap((table) => table.last),
    ...rest.filter((drop) => !isView(drop.actual)).map(dropStep),
    ...databases.filter((database) => database.after === undefined).map(dropDatabaseStep),
  ];
  return steps.map((step, at) => ({ ...step, number: at + 1 }));
}

function databaseSteps(diff: DatabaseDiff, environment: Environment): readonly UnnumberedStep[] {
  const { object, after } = diff;
  if (after === undefined) return [];
  const set = { [MANAGED]: 'true', [ENVIRONMENT]: lakeMark(environment) };
  if (diff.standing === 'new') {
    return [{ object, kind: 'athena', sql: createDatabase(after.database, after.comment, set) }];
  }
  const call = { call: 'UpdateDatabase', name: after.database, comment: after.comment, set } as const;
  return [{ object, kind: 'glue', call, shown: diff.changes.map((change) => `~ ${describe(change)}`) }];
}

function dropDatabaseStep({ object, actual }: DatabaseDiff): UnnumberedStep {
  return { object, kind: 'athena', sql: dropDatabase(actual!.name) };
}

function dropStep({ object, actual }: DropDiff): UnnumberedStep {
  return { object, kind: 'athena', sql: isView(actual) ? dropView(actual) : dropTable(actual) };
}

/** Views after the views that they read; names decide where nothing else does. */
function topological(views: readonly ViewDiff[]): readonly ViewDiff[] {
  const byName = new Map(views.map((view) => [view.object, view]));
  const done = new Set<string>();
  const out: ViewDiff[] = [];
  const visit = (view: ViewDiff): void => {
    // Marked before its upstream is looked at: a cycle, which validate refuses, must not go round for ever.
    if (done.has(view.object)) return;
    done.add(view.object);
    for (const name of [...viewReads(view.definition)].sort()) {
      const upstream = byName.get(name);
      if (upstream !== undefined) visit(upstream);
    }
    out.push(view);
  };
  for (const view of [...views].sort((a, b) => (a.object < b.object ? -1 : 1))) visit(view);
  return out;
}
