import type { Check, TableDefinition } from '../model/definition.ts';
import { writtenValue } from '../partition/index.ts';
import {
  parseSelect,
  quoteIdentifier,
  quoteRelation,
  quoteString,
  rewriteDatabases,
  substitute,
} from '../sql/index.ts';
import { typedLiteral } from './literal.ts';

/** The rows under audit and the names of databases in this environment. */
export interface AuditTarget {
  readonly table: TableDefinition;
  readonly rows: { readonly database: string; readonly name: string };
  /** A condition that only the rows under audit fulfil; all of them where there is none. */
  readonly where?: string | undefined;
  readonly rename: (database: string) => string;
}

/** One query of an audit. Its first columns are the partition's values; the others count what is wrong, a check each. */
export interface AuditQuery {
  readonly sql: string;
  /** The check that each counting column is for; undefined for the count of all rows. */
  readonly counts: readonly (Check | undefined)[];
  /** False if the rows cannot be told apart by partition: a failure is one of all of them. */
  readonly byPartition: boolean;
}

/**
 * The queries of an audit, in as few scans as can be: everything that is asked of single rows, and the number of rows,
 * is one query over the rows; uniqueness over several columns and own SQL are one more each.
 */
export function auditQueries(target: AuditTarget): readonly AuditQuery[] {
  const { checks } = target.table;
  const rowWise = checks.filter((check) => expressionOf(check, target) !== undefined);
  const others = checks.flatMap((check) => {
    if (check.rule.kind === 'unique' && check.rule.columns.length > 1) return [duplicates(check, target)];
    return check.rule.kind === 'sql' ? [ownSql(check, target)] : [];
  });
  return [rowQuery(rowWise, target), ...others];
}

function rowQuery(checks: readonly Check[], target: AuditTarget): AuditQuery {
  const keys = partitionColumns(target.table);
  const counts = checks.map((check, index) => `${expressionOf(check, target)} AS c${index}`);
  const joins = checks.flatMap((check) => joinOf(check, target) ?? []);
  const lines = [
    `SELECT ${[...keys, 'count(*) AS row_count', ...counts].join(',\n  ')}`,
    `FROM ${rowsOf(target)} AS t`,
    ...new Set(joins),
    ...(keys.length === 0 ? [] : [`GROUP BY ${keys.join(', ')}`]),
  ];
  return { sql: lines.join('\n'), counts: [undefined, ...checks], byPartition: true };
}

/** Counts the rows that break a check, over the rows `t`; undefined for a check that is asked in another way. */
function expressionOf(check: Check, target: AuditTarget): string | undefined {
  const { rule } = check;
  if (rule.kind === 'unique') {
    if (rule.columns.length > 1) return undefined;
    const column = `t.${quoteIdentifier(rule.columns[0] ?? '')}`;
    return `count(${column}) - count(DISTINCT ${column})`;
  }
  if (rule.kind === 'freshness' && rule.column !== undefined) {
    return `max(date_diff('day', DATE '1970-01-01', CAST(t.${quoteIdentifier(rule.column)} AS date)))`;
  }
  const condition = conditionOf(check, target);
  return condition === undefined ? undefined : `count(*) FILTER (WHERE ${condition})`;
}

/** The condition that a row breaks a check; undefined for a check that is not about single rows. */
export function conditionOf(check: Check, target: AuditTarget): string | undefined {
  const { rule } = check;
  switch (rule.kind) {
    case 'not_null':
      return rule.columns.map((column) => `t.${quoteIdentifier(column)} IS NULL`).join(' OR ');
    case 'accepted_values': {
      const values = rule.values.map((value) => typedLiteral(value, typeOf(target.table, rule.column)));
      return values.length === 0 ? undefined : `t.${quoteIdentifier(rule.column)} NOT IN (${values.join(', ')})`;
    }
    case 'range':
      return rangeCondition(rule, target.table);
    case 'regex':
      return `NOT regexp_like(CAST(t.${quoteIdentifier(rule.column)} AS varchar), ${quoteString(rule.pattern)})`;
    case 'relationships': {
      const alias = relationAlias(rule, target.table);
      return `t.${quoteIdentifier(rule.column)} IS NOT NULL AND ${alias}.k IS NULL`;
    }
    case 'unique':
    case 'row_count':
    case 'row_share':
    case 'freshness':
    case 'sql':
      return undefined;
  }
}

/** The join that a check's condition needs. */
function joinOf(check: Check, target: AuditTarget): string | undefined {
  const { rule } = check;
  if (rule.kind !== 'relationships') return undefined;
  const { database, table, column } = rule.to;
  const alias = relationAlias(rule, target.table);
  const self = database === target.table.database && table === target.table.name;
  const other = self ? rowsOf(target) : quoteRelation(target.rename(database), table);
  const keys = `SELECT DISTINCT ${quoteIdentifier(column)} AS k FROM ${other}`;
  return `LEFT JOIN (${keys}) AS ${alias} ON ${alias}.k = t.${quoteIdentifier(rule.column)}`;
}

function relationAlias(rule: Extract<Check['rule'], { kind: 'relationships' }>, table: TableDefinition): string {
  const relations = table.checks.flatMap((check) => (check.rule.kind === 'relationships' ? [check.rule] : []));
  return `r${relations.indexOf(rule)}`;
}

function rangeCondition(rule: Extract<Check['rule'], { kind: 'range' }>, table: TableDefinition): string | undefined {
  const column = `t.${quoteIdentifier(rule.column)}`;
  const type = typeOf(table, rule.column);
  const sides = [
    ...(rule.min === undefined ? [] : [`${column} < ${typedLiteral(rule.min, type)}`]),
    ...(rule.max === undefined ? [] : [`${column} > ${typedLiteral(rule.max, type)}`]),
  ];
  return sides.length === 0 ? undefined : sides.join(' OR ');
}

function duplicates(check: Check, target: AuditTarget): AuditQuery {
  const columns = check.rule.kind === 'unique' ? check.rule.columns.map(quoteIdentifier) : [];
  const keys = partitionColumns(target.table, '');
  const grouped = [...new Set([...keys, ...columns])].join(', ');
  const known = columns.map((column) => `${column} IS NOT NULL`).join(' AND ');
  const rows = rowsOf(target);
  const lines = [
    `SELECT ${[...keys, 'sum(n - 1) AS c0'].join(', ')}`,
    `FROM (SELECT ${grouped}, count(*) AS n FROM ${rows} WHERE ${known} GROUP BY ${grouped} HAVING count(*) > 1) AS d`,
    ...(keys.length === 0 ? [] : [`GROUP BY ${keys.join(', ')}`]),
  ];
  return { sql: lines.join('\n'), counts: [check], byPartition: true };
}

function ownSql(check: Check, target: AuditTarget): AuditQuery {
  const text = ownText(check, target);
  const keys = partitionColumns(target.table, '');
  const outputs = parseSelect(check.rule.kind === 'sql' ? check.rule.sql : '').outputNames ?? [];
  const byPartition = target.table.partitions.every((column) => outputs.includes(column.name));
  const columns = byPartition ? keys : [];
  const lines = [
    `SELECT ${[...columns, 'count(*) AS c0'].join(', ')}`,
    `FROM (\n${text}\n) AS offending`,
    ...(columns.length === 0 ? [] : [`GROUP BY ${columns.join(', ')}`]),
  ];
  return { sql: lines.join('\n'), counts: [check], byPartition };
}

function ownText(check: Check, target: AuditTarget): string {
  const sql = check.rule.kind === 'sql' ? parseSelect(check.rule.sql).text : '';
  return substitute(rewriteDatabases(sql, target.rename), { table: rowsOf(target) });
}

/** A query for a few of the values that break a check, within one partition; undefined where rows have none to show. */
export function sampleQuery(
  check: Check,
  target: AuditTarget,
  partition: readonly string[] | undefined,
  most = 5,
): string | undefined {
  const { rule } = check;
  const rows = rowsOf(target);
  const within = partitionCondition(target.table, partition);
  if (rule.kind === 'sql') return `SELECT * FROM (\n${ownText(check, target)}\n) AS offending LIMIT ${most}`;
  if (rule.kind === 'unique') {
    const columns = rule.columns.map((column) => `t.${quoteIdentifier(column)}`);
    const shown = columns.map((column) => `CAST(${column} AS varchar)`).join(` || ', ' || `);
    const known = columns.map((column) => `${column} IS NOT NULL`);
    const where = [...known, ...within].join(' AND ');
    return `SELECT ${shown} AS value FROM ${rows} AS t WHERE ${where} GROUP BY ${columns.join(', ')} HAVING count(*) > 1 LIMIT ${most}`;
  }
  const condition = conditionOf(check, target);
  if (condition === undefined || !('column' in rule) || rule.column === undefined) return undefined;
  const join = joinOf(check, target);
  const where = [`(${condition})`, ...within].join(' AND ');
  const value = `CAST(t.${quoteIdentifier(rule.column)} AS varchar)`;
  return `SELECT DISTINCT ${value} AS value FROM ${rows} AS t${join === undefined ? '' : ` ${join}`} WHERE ${where} LIMIT ${most}`;
}

/** The rows under audit, as a relation in SQL. */
function rowsOf({ table, rows, where }: AuditTarget): string {
  const relation = quoteRelation(rows.database, rows.name);
  if (where === undefined) return relation;
  const columns = [...table.columns, ...table.partitions].map((column) => quoteIdentifier(column.name));
  return `(SELECT ${columns.join(', ')} FROM ${relation} WHERE ${where})`;
}

function partitionCondition(table: TableDefinition, partition: readonly string[] | undefined): readonly string[] {
  if (partition === undefined) return [];
  return table.partitions.map((column, index) => {
    return `t.${quoteIdentifier(column.name)} = ${typedLiteral(partition[index] ?? '', column.type)}`;
  });
}

function partitionColumns(table: TableDefinition, alias = 't.'): readonly string[] {
  return table.partitions.map((column) => `${alias}${quoteIdentifier(column.name)}`);
}

function typeOf(table: TableDefinition, column: string): string {
  return [...table.columns, ...table.partitions].find((each) => each.name === column)?.type ?? 'string';
}

/** How a partition is told apart in the rows of an audit: its values as CTAS wrote them. */
export function auditKey(table: TableDefinition, values: readonly (string | null)[]): string {
  return JSON.stringify(
    table.partitions.map((column, index) => {
      const value = values[index] ?? null;
      return value === null ? null : writtenValue(column, value);
    }),
  );
}
