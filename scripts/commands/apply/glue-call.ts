import type { CatalogTable } from '../../core/model/catalog.ts';
import { APPLIED, INTENT, MANAGED, RENAMED } from '../../core/model/catalog.ts';
import { UserError } from '../../core/model/exit.ts';
import { isFault } from '../../core/model/fault.ts';
import type { EntryFailure, GluePort } from '../../core/model/ports.ts';
import { actualTable, actualView, isView } from '../../core/normalize/actual.ts';
import { stateHash } from '../../core/normalize/state.ts';
import { editTable, markView, partitionsInStep } from '../../core/plan/apply-edit.ts';
import type { GlueCall } from '../../core/plan/step.ts';

/** Makes one Glue call of a plan. Each can be made again: an apply that was killed is finished by the next. */
export async function makeGlueCall(glue: GluePort, call: GlueCall): Promise<void> {
  switch (call.call) {
    case 'UpdateDatabase':
      return updateDatabase(glue, call);
    case 'UpdateTable':
      return changeTable(glue, call, (table) => editTable(table, call.edit));
    case 'MarkView':
      return mark(glue, call);
    case 'UpdatePartitions': {
      const partitions = await glue.listPartitions(call.database, call.name);
      return checked(await glue.updatePartitions(call.database, call.name, partitionsInStep(partitions, call)));
    }
    case 'CopyTable':
      return copyTable(glue, call);
    case 'CopyPartitions':
      return copyPartitions(glue, call);
  }
}

async function updateDatabase(glue: GluePort, call: Extract<GlueCall, { call: 'UpdateDatabase' }>): Promise<void> {
  const database = (await glue.listDatabases()).find((each) => each.name.toLowerCase() === call.name);
  if (database === undefined) throw moved(call.name);
  await glue.updateDatabase({
    ...database,
    description: call.comment === '' ? undefined : call.comment,
    parameters: { ...database.parameters, ...call.set },
  });
}

async function mark(glue: GluePort, call: Extract<GlueCall, { call: 'MarkView' }>): Promise<void> {
  let mismatches: readonly string[] = [];
  await changeTable(glue, call, (table) => {
    const marked = markView(table, call);
    mismatches = marked.mismatches;
    return marked.table;
  });
  if (mismatches.length === 0) return;
  throw new UserError(
    `Athena made the view with other columns than its definition has: ${mismatches.join('; ')}`,
    'npm run validate -- --fix writes the types into view.yaml; then apply again',
  );
}

const TRIES = 5;

/**
 * UpdateTable replaces the whole table, so it is made with the VersionId of what was read. If somebody came between, the
 * table is read again: a load that published is no hindrance, any other change is.
 */
async function changeTable(
  glue: GluePort,
  { database, name }: { readonly database: string; readonly name: string },
  change: (table: CatalogTable) => CatalogTable,
): Promise<void> {
  let seen: string | undefined;
  for (let attempt = 1; ; attempt++) {
    const table = await glue.getTable(database, name);
    if (table === undefined) throw moved(`${database}.${name}`);
    const state = stateHash(isView(table) ? actualView(table) : actualTable(table));
    const next = change(table);
    // Our own write may have worked although its answer was lost.
    if (JSON.stringify(next) === JSON.stringify(table)) return;
    if (seen !== undefined && seen !== state) throw moved(`${database}.${name}`);
    seen = state;
    try {
      return await glue.updateTable(next, { versionId: table.versionId, skipArchive: false });
    } catch (error) {
      if (!isFault(error, 'conflict') || attempt === TRIES) throw error;
    }
  }
}

async function copyTable(glue: GluePort, call: Extract<GlueCall, { call: 'CopyTable' }>): Promise<void> {
  const old = await glue.getTable(call.from.database, call.from.name);
  if (old === undefined) throw moved(`${call.from.database}.${call.from.name}`);
  const from = `${call.from.database}.${call.from.name}`.toLowerCase();
  const marks = { [MANAGED]: 'true', [APPLIED]: call.applied, [INTENT]: call.intent, [RENAMED]: from };
  const copy = { ...old, ...call.to, parameters: { ...old.parameters, ...marks } };
  try {
    await glue.createTable(copy);
  } catch (error) {
    if (!isFault(error, 'conflict')) throw error;
  }
}

async function copyPartitions(glue: GluePort, call: Extract<GlueCall, { call: 'CopyPartitions' }>): Promise<void> {
  const partitions = await glue.listPartitions(call.from.database, call.from.name);
  const failures = await glue.createPartitions(call.to.database, call.to.name, partitions);
  checked(failures.filter((failure) => failure.code !== 'AlreadyExistsException'));
}

function checked(failures: readonly EntryFailure[]): void {
  const [first] = failures;
  if (first === undefined) return;
  throw new UserError(
    `${failures.length} partitions failed, the first (${first.values.join('/')}): ${first.code}: ${first.message}`,
    'run apply again: it goes on with those that are left',
  );
}

/** The error for an object that somebody changed after the plan was made. */
export function moved(object: string): UserError {
  return new UserError(`${object} changed while apply was at work`, 'run plan again and look at what changed');
}
