import type { Change } from '../change/change.ts';
import type { ActualTable } from '../model/actual.ts';
import { APPLIED, type CatalogTable, INTENT, RENAMED } from '../model/catalog.ts';
import type { Environment, TableDefinition, ViewDefinition } from '../model/definition.ts';
import { actualTable, actualView, isManaged, isView, otherTableKind } from '../normalize/actual.ts';
import { desiredTable, desiredView } from '../normalize/desired.ts';
import { type RelationState, stateHash } from '../normalize/state.ts';
import type { LiveTables } from './diff.ts';
import type { Standing, TableDiff, ViewDiff } from './object-diff.ts';
import { diffTable } from './table.ts';
import { diffView } from './view.ts';

/** Kinds of change that only describe: an unmarked object that differs in nothing else is adopted. */
const DESCRIBING: readonly string[] = ['change_description', 'change_column_description'];

/** `defined` has the physical names of all definitions: what one of them names is no table to be renamed. */
export function diffOneTable(
  definition: TableDefinition,
  environment: Environment,
  live: LiveTables,
  defined: ReadonlySet<string>,
): TableDiff {
  const after = desiredTable(definition, environment);
  const object = `${definition.database}.${definition.name}`;
  const common = { kind: 'table', object, definition, after, refusals: [] } as const;
  const found = live.get(`${after.database}.${after.name}`);
  const own = found !== undefined && !isView(found.table) ? found : undefined;
  const old = renamedTable(definition, environment, live, defined, own);
  if (own === undefined && old === undefined) {
    const change = { object, kind: 'create_table', risk: 'safe', reason: 'it is not there yet' } as const;
    const rest = { before: undefined, actual: undefined, renamed: undefined, changes: [change] };
    return { ...common, ...rest, standing: 'new' };
  }
  const actual = own ?? renamedAs(old!, after);
  const other = otherTableKind(actual.table);
  if (other !== undefined) {
    const rest = { before: undefined, actual, renamed: undefined, changes: [notAHiveTable(object, other)] };
    return { ...common, ...rest, standing: 'foreign' };
  }
  const before = actualTable(actual.table);
  const changes = diffTable(object, definition, before, after, actual.partitions);
  const judged = standingOf(actual.table, before, after, changes);
  if (old === undefined) return { ...common, ...judged, before, actual, renamed: undefined };
  const renamed = { table: old.table, copied: own !== undefined };
  const rename = renameChange(object, old.table);
  return { ...common, standing: 'pending', before, actual, renamed, changes: [rename, ...changes] };
}

/**
 * The managed table that `renamed_from` names, if it is still to be renamed: nothing else may be there under the new name
 * but the copy of it that an interrupted apply has made.
 */
function renamedTable(
  definition: TableDefinition,
  environment: Environment,
  live: LiveTables,
  defined: ReadonlySet<string>,
  own: ActualTable | undefined,
): ActualTable | undefined {
  if (definition.renamedFrom === undefined) return undefined;
  const from = definition.renamedFrom.includes('.')
    ? definition.renamedFrom
    : `${definition.database}.${definition.renamedFrom}`;
  const name = `${environment.prefix}${from}`.toLowerCase();
  const old = live.get(name);
  if (old === undefined || defined.has(name) || !isManaged(old.table) || isView(old.table)) return undefined;
  return own === undefined || own.table.parameters[RENAMED] === name ? old : undefined;
}

function renamedAs(old: ActualTable, after: { readonly database: string; readonly name: string }): ActualTable {
  return { ...old, table: { ...old.table, database: after.database, name: after.name } };
}

function renameChange(object: string, old: CatalogTable): Change {
  const reason = 'the data and the partitions stay; readers of the old name have to follow';
  return { object, kind: 'rename_table', from: old.name, risk: 'rewrite', reason };
}

function notAHiveTable(object: string, other: string): Change {
  return {
    object,
    kind: 'unsupported',
    what: `what is there is ${other}, not a Hive table`,
    cure: 'drop or rename it, or name the definition otherwise',
    risk: 'destructive',
    reason: 'such tables follow other rules',
  };
}

export function diffOneView(
  definition: ViewDefinition,
  environment: Environment,
  live: LiveTables,
  upstream: readonly string[],
): ViewDiff {
  const after = desiredView(definition, environment);
  const object = `${definition.database}.${definition.name}`;
  const common = { kind: 'view', object, definition, after, refusals: [] } as const;
  const found = live.get(`${after.database}.${after.name}`)?.table;
  const actual = found !== undefined && isView(found) ? found : undefined;
  if (actual === undefined) {
    const change = { object, kind: 'create_view', risk: 'safe', reason: 'it is not there yet' } as const;
    return { ...common, standing: 'new', before: undefined, actual, changes: [change] };
  }
  const before = actualView(actual);
  const changes = diffView(object, before, after, upstream);
  return { ...common, ...standingOf(actual, before, after, changes), before, actual };
}

/** Judges a live object: whose it is, and whether what differs was ours to change. */
function standingOf(
  table: CatalogTable,
  before: RelationState,
  after: RelationState,
  changes: readonly Change[],
): { readonly standing: Standing; readonly changes: readonly Change[] } {
  if (!isManaged(table)) return unmarked(after, changes);
  if (changes.length === 0) return { standing: 'in_sync', changes };
  const now = stateHash(before);
  const [applied, intent] = [table.parameters[APPLIED], table.parameters[INTENT]];
  // Changes that the object's own state does not show (its partitions, what it reads) are nobody's drift.
  if (now === applied || now === stateHash(after)) return { standing: 'pending', changes };
  if (intent !== undefined && intent !== applied) return { standing: 'interrupted', changes };
  return { standing: 'drift', changes };
}

/** An object without the mark: equal in all that readers see, it is adopted; unequal, it is somebody else's. */
function unmarked(
  after: RelationState,
  changes: readonly Change[],
): { readonly standing: Standing; readonly changes: readonly Change[] } {
  const object = `${after.database}.${after.name}`;
  const telling = changes.filter((change) => !DESCRIBING.includes(change.kind) && !isWeirProperty(change));
  if (telling.length > 0) return { standing: 'foreign', changes };
  const adopt = { kind: 'adopt', risk: 'safe', reason: 'it equals its definition' } as const;
  return {
    standing: 'adopt',
    changes: [
      { ...adopt, object: changes[0]?.object ?? object },
      ...changes.filter((change) => DESCRIBING.includes(change.kind)),
    ],
  };
}

function isWeirProperty(change: Change): boolean {
  return (change.kind === 'set_property' || change.kind === 'change_retention') && change.key.startsWith('weir.');
}
