import type { Reading } from '../define/index.ts';
import type { Finding } from '../model/finding.ts';
import { allowRules } from './allow.ts';
import { backfillRules } from './backfills.ts';
import { checkRules } from './checks.ts';
import { columnRules } from './columns.ts';
import type { Compiled } from './compiled.ts';
import { type Context, type Rule, sqlFiles } from './context.ts';
import { lakeRules } from './lake.ts';
import { loadRules } from './loads.ts';
import { nameRules } from './names.ts';
import { outputRules } from './output.ts';
import { partitionRules } from './partitions.ts';
import { queryRules } from './queries.ts';
import { referenceRules } from './references.ts';
import { rejectRules } from './rejects.ts';
import { sqlRules } from './sql.ts';
import { locationRules, storageRules } from './storage.ts';

const MEANING: readonly Rule[] = [
  lakeRules,
  nameRules,
  columnRules,
  storageRules,
  locationRules,
  partitionRules,
  loadRules,
  rejectRules,
  sqlRules,
  queryRules,
  referenceRules,
  outputRules,
  checkRules,
  backfillRules,
  allowRules,
];

/** What rules look at: the definitions as they were read, and what the engine said of them where it was asked. */
export function contextOf(reading: Reading, today: string, compiled?: ReadonlyMap<string, Compiled>): Context {
  return { ...reading, today, compiled, sqls: sqlFiles(reading) };
}

/** What is wrong with what the definitions say, in the order of the files; how they look is not asked. */
export function judgeMeaning(context: Context): readonly Finding[] {
  return inOrder([...context.findings, ...MEANING.flatMap((rule) => rule(context))]);
}

/** By path, line, column and rule; each finding once. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const key = ({ place, rule, message }: Finding): string => JSON.stringify([place, rule, message]);
  const unique = new Map(findings.map((finding) => [key(finding), finding]));
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...unique.values()].sort(
    (a, b) =>
      order(a.place.path, b.place.path) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      order(a.rule, b.rule),
  );
}
