import type { Check, TableDefinition } from '../model/definition.ts';
import { type AuditQuery, auditKey } from './audit.ts';

/** What one check found in one partition (or in the whole table). */
export interface CheckResult {
  readonly check: Check;
  /** Catalog values of the partition; empty for a table that is replaced as a whole. */
  readonly partition: readonly string[];
  readonly passed: boolean;
  /** Rows that break the check; for row_count the number of rows. */
  readonly count: number;
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
): AuditResult {
  const width = table.partitions.length;
  const rows = new Map<string, number>();
  const failed = new Map<Check, Map<string, number>>();
  const everywhere = new Map<Check, number>();
  for (const { query, rows: found } of answers) {
    const offset = query.byPartition ? width : 0;
    for (const row of found) {
      const key = auditKey(table, row.slice(0, offset));
      for (const [index, check] of query.counts.entries()) {
        const count = Number(row[offset + index] ?? 0);
        if (check === undefined) rows.set(key, count);
        else if (query.byPartition) failed.set(check, (failed.get(check) ?? new Map()).set(key, count));
        else everywhere.set(check, count);
      }
    }
  }
  const results = table.checks.flatMap((check) =>
    partitions.map((partition): CheckResult => {
      const key = auditKey(table, partition);
      const { rule } = check;
      if (rule.kind === 'row_count') {
        const count = rows.get(key) ?? 0;
        const passed = count >= (rule.min ?? 0) && count <= (rule.max ?? Number.POSITIVE_INFINITY);
        return { check, partition, passed, count };
      }
      const count = failed.get(check)?.get(key) ?? everywhere.get(check) ?? 0;
      return { check, partition, passed: count === 0, count };
    }),
  );
  return { rows, results };
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
    case 'sql':
      return `the query of ${rule.sqlPlace.path} must find no row`;
  }
}

function bounds(min: number | string | undefined, max: number | string | undefined): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
}
