import {
  type Failures,
  keyOf,
  type LedgerEntry,
  type LoadedTable,
  type LoadUnit,
  readLedger,
  unitKey,
} from '../core/load/index.ts';
import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import { bytesText, logText, plural } from '../core/render/text.ts';
import type { LoadContext } from './load/context.ts';
import type { Discovery } from './load/discover.ts';
import { type LoadRecord, readRecord } from './load/intent.ts';
import { partitionText } from './load/report.ts';
import { planRun } from './load.ts';
import { type FailedPart, lookAt } from './status.ts';

type Checks = LoadRecord['checks'];

/** Everything that is known of one partition (of a whole table: ''), from the ledger and the records of its loads. */
export interface Trace {
  readonly table: string;
  readonly partition: string;
  readonly state: string;
  /** The last attempt, where it published nothing; the rest is of the load before, which readers see. */
  readonly failed: (Omit<FailedPart, 'partition'> & { readonly checks: Checks }) | undefined;
  /** These are undefined where nothing was ever published. */
  readonly location: string | undefined;
  readonly ledger: LedgerEntry | undefined;
  readonly checks: Checks;
}

/** What is known of one partition, by its values or its day (of an object, mode files, by its key); refused if no load has tried it. */
export async function trace(context: LoadContext, name: string, partition: string): Promise<Trace> {
  const run = planRun(context, { tables: [name], from: undefined, to: undefined, maxBytes: 0 });
  const table = run.order[0]!;
  const { discovery, failures } = await lookAt(context, run, table);
  const found = partOf(discovery, failures, partition);
  const failure = failures.get(unitKey(found.values));
  const failed = failure && {
    ...(({ time, loadId, query, reason }) => ({ time, loadId, query, reason }))(failure),
    checks: (await checksOf(context, table, failure.loadId, found)).filter((check) => !check.passed),
  };
  return {
    table: keyOf(table),
    partition: partitionText(table, found),
    state: stateText(found.unit, failed !== undefined),
    failed,
    location: found.location,
    ledger: found.ledger,
    checks: found.ledger === undefined ? [] : await checksOf(context, table, found.ledger.id, found),
  };
}

/** An object of mode files has no checks of its own: they are of the partitions that it was loaded into. */
async function checksOf(
  context: LoadContext,
  table: LoadedTable,
  loadId: string,
  { values, unit }: Part,
): Promise<Checks> {
  const record = loadId === '' ? undefined : await readRecord(context, table, loadId);
  const checks = Array.isArray(record?.checks) ? record.checks : [];
  const isObject = table.load.mode === 'files' && unit !== undefined;
  return checks.filter((check) => isObject || unitKey(check.partition) === unitKey(values));
}

/** `subject` is the first line of the commit's message; it names the pull request where it was merged from one. */
export function printTrace(found: Trace, subject: string | undefined, json: boolean): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ ...found, subject })}\n`);
  else for (const line of traceLines(found, subject)) process.stdout.write(`${logText(line)}\n`);
  return EXIT.done;
}

function traceLines(found: Trace, subject: string | undefined): readonly string[] {
  const { table, partition, state, failed } = found;
  return [
    `${table} ${partition || 'as a whole'}: ${state}`,
    ...(failed === undefined ? [] : failedLines(failed)),
    ...(failed !== undefined && found.ledger !== undefined ? ['  what readers see is from before:'] : []),
    ...ledgerLines(found, subject),
  ];
}

function failedLines({ time, loadId, query, reason, checks }: NonNullable<Trace['failed']>): readonly string[] {
  return [
    `  failed    ${time}`,
    `  reason    ${reason}`,
    ...(loadId === '' ? [] : [`  load      ${loadId}`]),
    ...(query === '' ? [] : [`  query     ${query}`]),
    ...checks.map(checkLine),
  ];
}

function ledgerLines({ table, location, ledger, checks }: Trace, subject: string | undefined): readonly string[] {
  if (ledger === undefined) return [];
  const pull = /#(\d+)/.exec(subject ?? '')?.[1];
  return [
    `  load      ${ledger.id}, ${ledger.time}`,
    ...(pull === undefined ? [] : [`  pull      #${pull}`]),
    `  commit    ${ledger.commit || 'unknown'}${subject === undefined ? '' : ` ${subject}`}`,
    ...(ledger.query === '' ? [] : [`  query     ${ledger.query}`]),
    `  rows      ${ledger.rows.toLocaleString('en')}`,
    ...(ledger.rejected === undefined
      ? []
      : [`  rejected  ${ledger.rejected.toLocaleString('en')}${ledger.rejected > 0 ? ` in ${table}_rejects` : ''}`]),
    `  bytes     ${bytesText(ledger.bytes)} at ${location}`,
    ...(ledger.held === undefined ? [] : [`  held      ${ledger.held}`]),
    ...ledger.sources.map((source) => `  source    ${source.key} ${source.etag} ${bytesText(source.size)}`),
    ...ledger.upstream.map((each) => `  upstream  ${each.table} ${each.partition.join('/')} load ${each.load}`),
    ...checks.map(checkLine),
    ...ledger.previous.map(
      (past) => `  before    load ${past.id}, ${past.time}, ${past.rows.toLocaleString('en')} rows`,
    ),
  ];
}

function checkLine(check: Checks[number]): string {
  const severity = check.severity === 'warn' ? 'warned' : 'failed';
  return `  check     ${check.name}: ${check.passed ? 'passed' : `${severity} (${plural(check.count, 'row')})`}`;
}

function stateText(unit: LoadUnit | undefined, failed: boolean): string {
  const due = unit?.state.kind === 'due' ? unit.state.reason : undefined;
  if (failed) return due === undefined ? 'failed' : `failed, and due (${due}): the next run tries it again`;
  return due === undefined ? (unit?.state.kind ?? 'loaded') : `due (${due})`;
}

interface Part {
  readonly values: readonly string[];
  readonly unit: LoadUnit | undefined;
  readonly location: string | undefined;
  readonly ledger: LedgerEntry | undefined;
}

/** A partition is named by its values (`2025/03/23`) or, where it is a day's, by the day (`2025-03-23`). */
function partOf(discovery: Discovery, failures: Failures, partition: string): Part {
  const { table, live } = discovery;
  const isWhole = table.load.mode === 'replace';
  const unit = discovery.units.find(({ from, to, values }) => {
    return isWhole || (from === partition && from === to) || values.join('/') === partition;
  });
  const entry = [...discovery.existing.values()].find(
    ({ values }) => values.join('/') === partition || (unit && unitKey(values) === unitKey(unit.values)),
  );
  const ledger = readLedger((isWhole ? live : entry)?.parameters ?? {});
  const values = unit?.values ?? entry?.values;
  if (entry !== undefined && ledger === undefined && !failures.has(unitKey(entry.values))) {
    throw notOurs(table, partitionText(table, entry));
  }
  if (values === undefined || (ledger === undefined && !failures.has(unitKey(values)))) {
    throw notLoaded(table, unit === undefined || isWhole ? (isWhole ? '' : partition) : partitionText(table, unit));
  }
  const location = ledger && (isWhole ? live : entry)?.storage.location;
  return { values, unit, location, ledger };
}

/** Not the ledger's: what is there was made by another program, or by hand. */
function notOurs(table: LoadedTable, partition: string): UserError {
  return new UserError(
    `${keyOf(table)} ${partition} is there, but no load of Weir made it: nothing is known of it`,
    `where it has a source, npm run load -- --adopt --table ${keyOf(table)} enters it into the ledger as it is`,
  );
}

function notLoaded(table: LoadedTable, partition: string): UserError {
  const names = table.partitions.map((column) => column.name).join('/');
  const cure =
    names === ''
      ? 'npm run load'
      : `name a partition by its values (${names}) or its day; npm run status -- ${keyOf(table)} shows them`;
  return new UserError(`${keyOf(table)} ${partition} has not been loaded`.replace('  ', ' '), cure);
}
