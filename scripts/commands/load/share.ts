import { averageBefore, lookBack, sourceCount } from '../../core/check/index.ts';
import { keyOf, type LoadedTable, readLedger, unitKey } from '../../core/load/index.ts';
import type { Check } from '../../core/model/definition.ts';
import { UserError } from '../../core/model/exit.ts';
import { type Day, daysOf } from '../../core/partition/index.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import { type Meter, runQuery } from './statement.ts';
import { partitionsOf } from './stored.ts';

/** What row counts by percent compare with: the rows of a source, or those that were loaded before. */
export type Share = (check: Check, partition: readonly string[]) => number | undefined;

export interface ShareRequest {
  readonly table: LoadedTable;
  readonly loadId: string;
  readonly partitions: readonly (readonly string[])[];
  /** Rows of this load, by unitKey: what comes before in the same load counts too. */
  readonly rows: ReadonlyMap<string, number>;
  readonly meter: Meter;
}

/** Asks, once for each row count by percent, what it compares with. */
export async function shareOf(context: LoadContext, request: ShareRequest): Promise<Share> {
  const found = new Map<Check, (partition: readonly string[]) => number | undefined>();
  for (const check of request.table.checks) {
    if (check.rule.kind !== 'row_share') continue;
    const { of } = check.rule;
    found.set(
      check,
      of.kind === 'source'
        ? await rowsOfSource(context, request, check.name, of)
        : await rowsBefore(context, request, of.count),
    );
  }
  return (check, partition) => found.get(check)?.(partition);
}

async function rowsOfSource(
  context: LoadContext,
  request: ShareRequest,
  check: string,
  named: { readonly database: string; readonly table: string },
): Promise<(partition: readonly string[]) => number> {
  const key = keyOf({ database: named.database, name: named.table });
  const source = context.definitions.tables.find((table) => keyOf(table) === key);
  if (source === undefined) throw new UserError(`check ${check}: there is no table ${key}`, 'npm run validate');
  const { table, partitions, loadId, meter } = request;
  const counting = sourceCount(table, source, partitions, (database) => inEnvironment(context, database));
  const { rows } = await runQuery(context, { sql: counting.sql, loadId, step: `source of ${check}`, meter });
  return (partition) => counting.read(rows, partition);
}

async function rowsBefore(
  context: LoadContext,
  { table, partitions, rows }: ShareRequest,
  count: number,
): Promise<(partition: readonly string[]) => number | undefined> {
  if (table.partitions.length === 0) return pastLoads(context, table, count);
  const first = (values: readonly string[]): Day | undefined => daysOf(table.partitions, values)?.from;
  const days = partitions.flatMap((values) => first(values) ?? []).toSorted();
  const [earliest, latest] = [days[0], days.at(-1)];
  if (earliest === undefined || latest === undefined) return () => undefined;
  const range = { from: lookBack(table, earliest, count), to: latest };
  const known = new Map<Day, number>();
  for (const entry of await partitionsOf(context, table, range)) {
    const [day, ledger] = [first(entry.values), readLedger(entry.parameters)];
    if (day !== undefined && ledger !== undefined) known.set(day, ledger.rows);
  }
  for (const values of partitions) {
    const [day, loaded] = [first(values), rows.get(unitKey(values))];
    if (day !== undefined && loaded !== undefined) known.set(day, loaded);
  }
  return (partition) => {
    const day = first(partition);
    return day === undefined ? undefined : averageBefore(known, day, count);
  };
}

/** Of a table that is replaced as a whole: the loads that its ledger keeps. */
async function pastLoads(context: LoadContext, table: LoadedTable, count: number): Promise<() => number | undefined> {
  const live = await context.glue.getTable(inEnvironment(context, table.database), table.name);
  const ledger = live && readLedger(live.parameters);
  const past = ledger === undefined ? [] : [ledger.rows, ...ledger.previous.map((each) => each.rows)].slice(0, count);
  return () => (past.length === 0 ? undefined : past.reduce((sum, rows) => sum + rows, 0) / past.length);
}
