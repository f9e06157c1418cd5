import pMap from 'p-map';
import {
  type AuditResult,
  type AuditTarget,
  auditKey,
  auditQueries,
  type CheckResult,
  describeCheck,
  describeFinding,
  readAudit,
  sampleQuery,
} from '../../core/check/index.ts';
import {
  ACCEPTED,
  castName,
  keyOf,
  type LoadedTable,
  type LoadUnit,
  ROWS_COLUMN,
  typeMismatches,
  unitKey,
} from '../../core/load/index.ts';
import { UserError } from '../../core/model/exit.ts';
import { dayAt, type Group, partitionName } from '../../core/partition/index.ts';
import { plural } from '../../core/render/text.ts';
import { castProbe, probeQuery } from '../../core/sql/index.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import { shareOf } from './share.ts';
import { type Meter, runQuery } from './statement.ts';

export interface AuditRequest {
  readonly table: LoadedTable;
  readonly loadId: string;
  readonly staging: { readonly database: string; readonly name: string };
  readonly partitions: readonly (readonly string[])[];
  /** The load's SELECT as it was run, for showing what source values a failed cast had. */
  readonly loadSql: string;
  readonly meter: Meter;
}

/** Asks the declared checks of the temporary table. */
export async function audit(context: LoadContext, request: AuditRequest): Promise<AuditResult> {
  const target = targetOf(context, request);
  const queries = auditQueries(target);
  const answers = await pMap(
    queries,
    async (query, index) => {
      const { loadId, meter } = request;
      const answer = await runQuery(context, { sql: query.sql, loadId, step: `audit ${index + 1}`, meter });
      return { query, rows: answer.rows };
    },
    { concurrency: 3 },
  );
  const { table, partitions, loadId, meter } = request;
  const today = dayAt(context.now(), context.definitions.lake.timezone);
  const counted = readAudit(table, partitions, answers, { today, share: () => undefined });
  if (!table.checks.some((check) => check.rule.kind === 'row_share')) return counted;
  const rows = new Map(partitions.map((each) => [unitKey(each), counted.rows.get(auditKey(table, each)) ?? 0]));
  const share = await shareOf(context, { table, partitions, loadId, meter, rows });
  return readAudit(table, partitions, answers, { today, share });
}

/** Throws if the files of the temporary table could not be read through the table they are for. */
export async function auditTypes(context: LoadContext, request: AuditRequest): Promise<void> {
  const { table, staging } = request;
  const written = await context.glue.getTable(staging.database, staging.name);
  if (written === undefined) return;
  const [first, ...more] = typeMismatches(table, [...written.storage.columns, ...written.partitionKeys]);
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.map((each) => each.column).join(', ')})`;
  const { path, line, column } = table.load.sqlPlace;
  throw new UserError(
    `${keyOf(table)}: column ${first.column} is ${first.written ?? 'missing'} in the load, ${first.declared} in the table${others}`,
    `cast it in load.sql: CAST(... AS ${castName(first.declared)}) AS ${first.column}`,
    { where: `${path}:${line}:${column}` },
  );
}

/** Rows of partitions that were not asked for would be lost, or published where they do not belong. */
export function refuseOthers(table: LoadedTable, group: Group<LoadUnit>, rows: ReadonlyMap<string, number>): void {
  const wanted = new Set(group.units.map((unit) => auditKey(table, unit.values)));
  const strange = [...rows].filter(([key, count]) => count > 0 && !wanted.has(key));
  const [first] = strange;
  if (first !== undefined) throw strangeRows(table, group, first[0], first[1]);
}

/** The error for rows of a partition, by its auditKey, that was not asked for. */
export function strangeRows(table: LoadedTable, group: Group<LoadUnit>, key: string, rows: number): UserError {
  const { path, line, column } = table.load.sqlPlace;
  const names = table.partitions.map((each) => each.name).join(', ');
  const values = partitionName(table.partitions, JSON.parse(key) as (string | null)[]);
  return new UserError(
    `load.sql yields ${plural(rows, 'row')} of partition ${values}, which is not among the days ${group.from} to ${group.to}`,
    `derive ${names} from the column that is compared with :from and :to, spelled as their date formats say`,
    { where: `${path}:${line}:${column}` },
  );
}

export interface Verdict {
  /** Failed checks of severity warn. */
  readonly warnings: readonly string[];
  readonly failures: readonly string[];
  /** Partitions, by unitKey, that a check of severity error keeps from being published. */
  readonly failed: ReadonlySet<string>;
}

/** Values are looked up for so many failed checks, by a query each. */
const EXPLAINED = 5;

/** Which partitions may be published, and what is to be said about the checks. */
export async function verdict(
  context: LoadContext,
  request: AuditRequest,
  results: readonly CheckResult[],
): Promise<Verdict> {
  // What keeps a partition back is told first: no number of warnings may hide it.
  const broken = results
    .filter((result) => !result.passed)
    .toSorted((a, b) => Number(a.check.severity === 'warn') - Number(b.check.severity === 'warn'));
  const texts: string[] = [];
  for (const [index, result] of broken.entries()) {
    const samples = index < EXPLAINED ? await samplesOf(context, request, result).catch(() => []) : [];
    texts.push(failureText(request, result, samples));
  }
  const of = (severity: 'error' | 'warn'): readonly string[] =>
    texts.filter((_, index) => broken[index]?.check.severity === severity);
  const failed = new Set(
    broken.filter((result) => result.check.severity === 'error').map((result) => unitKey(result.partition)),
  );
  return { warnings: of('warn'), failures: of('error'), failed };
}

/** Says what a failed check found, with a few of the values, one line. */
function failureText(request: AuditRequest, result: CheckResult, samples: readonly string[]): string {
  const where = result.partition.length === 0 ? '' : ` in ${partitionName(request.table.partitions, result.partition)}`;
  const { check } = result;
  const counted = describeFinding(result);
  const shown = samples.length === 0 ? '' : `, for instance ${samples.join('; ')}`;
  return `check ${check.name}${where}: ${describeCheck(check)}, ${counted}${shown}`;
}

async function samplesOf(context: LoadContext, request: AuditRequest, result: CheckResult): Promise<readonly string[]> {
  const { loadId, meter } = request;
  const step = `sample ${result.check.name} ${result.partition.join('/')}`;
  if (result.check.rule.kind === 'not_null') {
    const texts: string[] = [];
    for (const column of result.check.rule.columns) {
      const probe = castProbe(request.loadSql, column);
      if (probe === undefined) continue;
      const sql = probeQuery(request.loadSql, probe, column);
      const found = await runQuery(context, { sql, loadId, step: `${step} ${column}`, meter });
      const values = found.rows.flatMap((row) =>
        row[0] === null || row[0] === undefined ? [] : [JSON.stringify(row[0])],
      );
      if (values.length > 0) texts.push(`${column} from ${values.join(', ')}`);
    }
    return texts;
  }
  const partition = result.partition.length === 0 ? undefined : result.partition;
  const sql = sampleQuery(result.check, targetOf(context, request), partition);
  if (sql === undefined) return [];
  const found = await runQuery(context, { sql, loadId, step, meter });
  return found.rows.map((row) => row.map((value) => JSON.stringify(value)).join(' '));
}

function targetOf(context: LoadContext, request: AuditRequest): AuditTarget {
  const { table, staging: rows } = request;
  const where = table.load.rejects === undefined ? undefined : `${ROWS_COLUMN} = '${ACCEPTED}'`;
  return { table, rows, where, rename: (database) => inEnvironment(context, database) };
}
