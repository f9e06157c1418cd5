import type { Check, TableDefinition } from '../model/definition.ts';
import { addDays, type Day, daysBetween, daysOf } from '../partition/index.ts';
import { plural } from '../render/text.ts';
import { type AuditQuery, auditKey } from './audit.ts';

/** What one check found in one partition (or in the whole table). */
export interface CheckResult {
  readonly check: Check;
  /** Catalog values of the partition; empty for a table that is replaced as a whole. */
  readonly partition: readonly string[];
  readonly passed: boolean;
  /** Rows that break the check; for row_count the number of rows, for freshness the age in days. */
  readonly count: number;
}

/** What checks compare with that are not about the rows under audit alone. */
export interface AuditBasis {
  readonly today: Day;
  /** The number of rows that is 100 percent; undefined where there is nothing to compare with. */
  readonly share: (check: Check, partition: readonly string[]) => number | undefined;
}

export interface AuditResult {
  /** Number of rows of each partition, by auditKey. */
  readonly rows: ReadonlyMap<string, number>;
  readonly results: readonly CheckResult[];
}

/** What the rows of the audit's queries say about each of the partitions that the load is to publish. */
export function readAudit(
  table: TableDefinition,
  partitions: readonly (readonly string[])[],
  answers: readonly { readonly query: AuditQuery; readonly rows: readonly (readonly (string | null)[])[] }[],
  basis: AuditBasis,
): AuditResult {
  const counted = countsOf(table, answers);
  const results = table.checks
    .filter(isOfRows)
    .flatMap((check) => partitions.map((partition) => resultOf(check, table, partition, counted, basis)));
  return { rows: counted.rows, results };
}

/** The numbers of an audit, by auditKey. */
interface Counts {
  readonly rows: ReadonlyMap<string, number>;
  readonly byPartition: ReadonlyMap<Check, ReadonlyMap<string, number>>;
  /** Of checks whose rows cannot be told apart by partition. */
  readonly everywhere: ReadonlyMap<Check, number>;
}

function countsOf(table: TableDefinition, answers: Parameters<typeof readAudit>[2]): Counts {
  const width = table.partitions.length;
  const rows = new Map<string, number>();
  const byPartition = new Map<Check, Map<string, number>>();
  const everywhere = new Map<Check, number>();
  for (const { query, rows: found } of answers) {
    const offset = query.byPartition ? width : 0;
    for (const row of found) {
      const key = auditKey(table, row.slice(0, offset));
      for (const [index, check] of query.counts.entries()) {
        const count = countOf(check, row[offset + index] ?? null);
        if (check === undefined) rows.set(key, count);
        else if (query.byPartition) byPartition.set(check, (byPartition.get(check) ?? new Map()).set(key, count));
        else everywhere.set(check, count);
      }
    }
  }
  return { rows, byPartition, everywhere };
}

function resultOf(
  check: Check,
  table: TableDefinition,
  partition: readonly string[],
  counted: Counts,
  basis: AuditBasis,
): CheckResult {
  const key = auditKey(table, partition);
  const { rule } = check;
  const rows = counted.rows.get(key) ?? 0;
  const found = counted.byPartition.get(check)?.get(key);
  if (rule.kind === 'row_count') {
    const passed = rows >= (rule.min ?? 0) && rows <= (rule.max ?? Number.POSITIVE_INFINITY);
    return { check, partition, passed, count: rows };
  }
  if (rule.kind === 'row_share') {
    return { check, partition, passed: isInShare(rule, rows, basis.share(check, partition)), count: rows };
  }
  if (rule.kind === 'freshness') {
    const count = ageOf(table, partition, found, basis.today);
    return { check, partition, passed: rows === 0 || count <= rule.days, count };
  }
  const count = found ?? counted.everywhere.get(check) ?? 0;
  return { check, partition, passed: count === 0, count };
}

/** Freshness of a table as a whole is asked of the catalog, not of the rows. */
function isOfRows({ rule }: Check): boolean {
  return rule.kind !== 'freshness' || rule.column !== undefined;
}

function countOf(check: Check | undefined, text: string | null): number {
  return text === null && check?.rule.kind === 'freshness' ? Number.NEGATIVE_INFINITY : Number(text ?? 0);
}

function isInShare(
  rule: Extract<Check['rule'], { kind: 'row_share' }>,
  count: number,
  whole: number | undefined,
): boolean {
  if (whole === undefined) return true;
  const percent = 100 * count;
  return percent >= (rule.min ?? 0) * whole && (rule.max === undefined || percent <= rule.max * whole);
}

const EPOCH = '1970-01-01';

/** How many days the newest value is before the end of the partition's days (of today, where that is sooner). */
function ageOf(table: TableDefinition, partition: readonly string[], newest: number | undefined, today: Day): number {
  if (newest === undefined || !Number.isFinite(newest)) return Number.MAX_SAFE_INTEGER;
  const end = daysOf(table.partitions, partition)?.to ?? today;
  return daysBetween(addDays(EPOCH, newest), end < today ? end : today);
}

/** What was found instead, in words, for messages. */
export function describeFinding({ check, count }: CheckResult): string {
  switch (check.rule.kind) {
    case 'row_count':
    case 'row_share':
      return `there are ${count}`;
    case 'freshness':
      return count === Number.MAX_SAFE_INTEGER ? 'it has no value' : `it is ${plural(count, 'day')} old`;
    default:
      return count === 1 ? '1 row breaks it' : `${count} rows break it`;
  }
}

/** What a check expects, in words, for messages. */
export function describeCheck(check: Check): string {
  const { rule } = check;
  switch (rule.kind) {
    case 'not_null':
      return `${rule.columns.join(', ')} must not be null`;
    case 'unique':
      return `${rule.columns.join(', ')} must be unique`;
    case 'accepted_values':
      return `${rule.column} must be one of ${rule.values.join(', ')}`;
    case 'relationships':
      return `${rule.column} must be in ${rule.to.database}.${rule.to.table}.${rule.to.column}`;
    case 'range':
      return `${rule.column} must be ${bounds(rule.min, rule.max)}`;
    case 'regex':
      return `${rule.column} must match ${rule.pattern}`;
    case 'row_count':
      return `there must be ${bounds(rule.min, rule.max)} rows`;
    case 'row_share': {
      const { of } = rule;
      const whole =
        of.kind === 'source' ? `the rows of ${of.database}.${of.table}` : `the average of the last ${of.count}`;
      return `the rows must be ${bounds(rule.min, rule.max)} percent of ${whole}`;
    }
    case 'freshness':
      return `the newest ${rule.column ?? 'partition'} must be at most ${plural(rule.days, 'day')} old`;
    case 'sql':
      return `the query of ${rule.sqlPlace.path} must find no row`;
  }
}

function bounds(min: number | string | undefined, max: number | string | undefined): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
}
