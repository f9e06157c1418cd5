import { describe } from '../change/change.ts';
import {
  addColumns,
  canAddColumns,
  canReplaceColumns,
  createTable,
  dropTable,
  replaceColumns,
  setLocation,
  setProperties,
} from '../ddl/hive.ts';
import type { TableDiff } from '../diff/object-diff.ts';
import { filesOf } from '../diff/table.ts';
import { APPLIED, INTENT, LOAD_PREFIX, MANAGED, RENAMED } from '../model/catalog.ts';
import { isManaged } from '../normalize/actual.ts';
import { isIgnored } from '../normalize/properties.ts';
import { type ColumnState, stateHash, type TableState } from '../normalize/state.ts';
import type { TableEdit, UnnumberedStep } from './step.ts';

export interface TableSteps {
  readonly steps: readonly UnnumberedStep[];
  /** What runs when everything else is done: the old entry of a renamed table goes. */
  readonly last: readonly UnnumberedStep[];
}

/** The statements and calls that bring a table to its definition. */
export function tableSteps(diff: TableDiff): TableSteps {
  const { object, before, after, actual } = diff;
  if (before === undefined || actual === undefined) {
    return { steps: [athena(object, createTable(after, marks(after)))], last: [] };
  }
  if (diff.changes.some((change) => change.kind === 'change_partition_columns')) {
    const steps = [athena(object, dropTable(before)), athena(object, createTable(after, marks(after)))];
    return { steps, last: [] };
  }
  const renamed = renameSteps(diff, before);
  const last =
    diff.renamed === undefined ? [] : [dropTable(diff.renamed.table), setProperties(after, { [RENAMED]: '' })];
  return {
    steps: [...renamed, ...alterSteps(diff, before), ...partitionSteps(diff)],
    last: last.map((sql) => athena(object, sql)),
  };
}

function athena(object: string, sql: string): UnnumberedStep {
  return { object, kind: 'athena', sql };
}

function marks(after: TableState): Readonly<Record<string, string>> {
  return { [MANAGED]: 'true', [APPLIED]: stateHash(after) };
}

/** A rename copies the catalog entry, partitions and ledger with it, under the new name; the data is not touched. */
function renameSteps({ object, renamed, after }: TableDiff, before: TableState): readonly UnnumberedStep[] {
  if (renamed === undefined) return [];
  const from = { database: renamed.table.database, name: renamed.table.name };
  const to = { database: after.database, name: after.name };
  const copy: UnnumberedStep = {
    object,
    kind: 'glue',
    call: { call: 'CopyTable', from, to, applied: stateHash(before), intent: stateHash(after) },
    shown: [`+ ${to.database}.${to.name} with the entry of ${from.database}.${from.name}`],
  };
  const partitions: UnnumberedStep = {
    object,
    kind: 'glue',
    call: { call: 'CopyPartitions', from, to },
    shown: [`+ the partitions of ${from.database}.${from.name}, at the places where they are`],
  };
  const partitioned = renamed.table.partitionKeys.length > 0;
  return [...(renamed.copied ? [] : [copy]), ...(partitioned ? [partitions] : [])];
}

/**
 * Statements where they can say everything, else one UpdateTable for all of it: half of a change by statement and half
 * by call would only add a state between.
 */
function alterSteps(diff: TableDiff, before: TableState): readonly UnnumberedStep[] {
  const { object, after } = diff;
  const told = diff.changes.filter((change) => change.kind !== 'update_partitions' && change.kind !== 'rename_table');
  if (told.length === 0) return [];
  const edit = editOf(diff, before);
  const statements = contentStatements(diff, before, edit);
  if (statements === undefined) {
    const shown = told.map((change) => `~ ${describe(change)}`);
    const all = { ...edit, set: { ...edit.set, ...marks(after) } };
    const call = { call: 'UpdateTable', database: after.database, name: after.name, edit: all } as const;
    return [{ object, kind: 'glue', call, shown }];
  }
  const hash = stateHash(after);
  // One statement leaves the table as the definition says; more leave it between, which the intent explains.
  const between = statements.length > 1 || (statements.length === 1 && Object.keys(edit.set).length > 0);
  const final = { ...edit.set, ...finalMarks(diff, hash, between) };
  return [
    ...(between ? [athena(object, setProperties(after, { [INTENT]: hash }))] : []),
    ...statements.map((sql) => athena(object, sql)),
    athena(object, setProperties(after, final)),
  ];
}

function finalMarks({ actual }: TableDiff, hash: string, intended: boolean): Readonly<Record<string, string>> {
  const parameters = actual!.table.parameters;
  // An intent that an interrupted apply left would say for ever that something is under way.
  const stale = !intended && parameters[INTENT] !== undefined && parameters[INTENT] !== hash;
  return {
    ...(isManaged(actual!.table) ? {} : { [MANAGED]: 'true' }),
    ...(stale ? { [INTENT]: hash } : {}),
    [APPLIED]: hash,
  };
}

/** The ALTER statements without those for properties; undefined where a call has to do it. */
function contentStatements(diff: TableDiff, before: TableState, edit: TableEdit): readonly string[] | undefined {
  const { after } = diff;
  if (edit.unset.length > 0 || edit.format !== undefined || edit.partitionComments !== undefined) return undefined;
  const columns = columnStatement(before, after, edit.columns);
  if (columns === undefined) return undefined;
  return [...columns, ...(edit.location === undefined ? [] : [setLocation(after, edit.location)])];
}

function columnStatement(
  before: TableState,
  after: TableState,
  columns: readonly ColumnState[] | undefined,
): readonly string[] | undefined {
  if (columns === undefined) return [];
  const added = after.columns.slice(before.columns.length);
  const kept = JSON.stringify(after.columns.slice(0, before.columns.length)) === JSON.stringify(before.columns);
  if (kept && added.length > 0) return canAddColumns(added) ? [addColumns(after, added)] : undefined;
  return canReplaceColumns(after) ? [replaceColumns(after, columns)] : undefined;
}

/** Everything that differs, as one edit of the Glue table. */
function editOf(diff: TableDiff, before: TableState): TableEdit {
  const { after } = diff;
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const moved = before.location !== after.location;
  const ledger = moved && diff.definition.load?.mode === 'replace' ? ledgerKeys(diff) : [];
  const gone = Object.keys(before.properties).filter((key) => after.properties[key] === undefined && !isIgnored(key));
  const set = Object.entries(after.properties).filter(([key, value]) => before.properties[key] !== value);
  const commentGone = before.comment !== '' && after.comment === '';
  const partitionComments = after.partitions
    .filter((column, at) => column.comment !== before.partitions[at]?.comment)
    .map((column) => [column.name, column.comment] as const);
  return {
    ...(same(before.columns, after.columns) ? {} : { columns: after.columns }),
    ...(partitionComments.length === 0 ? {} : { partitionComments: Object.fromEntries(partitionComments) }),
    ...(moved ? { location: after.location } : {}),
    ...(same(normal(before), normal(after)) ? {} : { format: after.format }),
    set: {
      ...Object.fromEntries(set),
      ...(before.comment === after.comment || commentGone ? {} : { comment: after.comment }),
    },
    unset: [...gone, ...ledger, ...(commentGone ? ['comment'] : [])].sort(),
  };
}

function normal(table: TableState): unknown {
  const { format } = table;
  return [
    format.input,
    format.output,
    format.serde,
    Object.entries(format.parameters).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
}

/** A table that moves has not been loaded at its new place: without its ledger the next load sees that. */
function ledgerKeys({ actual }: TableDiff): readonly string[] {
  return Object.keys(actual?.table.parameters ?? {}).filter((key) => key.startsWith(LOAD_PREFIX));
}

function partitionSteps(diff: TableDiff): readonly UnnumberedStep[] {
  const { object, after, definition } = diff;
  const change = diff.changes.find((each) => each.kind === 'update_partitions');
  if (change?.kind !== 'update_partitions') return [];
  const { database, name, columns, format } = after;
  const { loaded } = filesOf(after, definition);
  const call = { call: 'UpdatePartitions', database, name, columns, format, loaded } as const;
  return [{ object, kind: 'glue', call, shown: [`~ ${describe(change)}`] }];
}
