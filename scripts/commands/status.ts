import {
  calendar,
  keyOf,
  LEGEND,
  type LedgerEntry,
  type LoadedTable,
  type LoadUnit,
  readLedger,
  unitKey,
} from '../core/load/index.ts';
import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import { bytesText, logText, plural } from '../core/render/text.ts';
import type { LoadContext } from './load/context.ts';
import { type Discovery, discover } from './load/discover.ts';
import { type LoadRecord, readRecord } from './load/intent.ts';
import { partitionText } from './load/report.ts';
import { planRun } from './load.ts';

export interface TableStatus {
  readonly table: string;
  readonly mode: string;
  /** How many partitions (mode files: objects) are in each state. */
  readonly states: Readonly<Record<LoadUnit['state']['kind'], number>>;
  readonly rows: number;
  /** Rows in its rejects table. */
  readonly rejected: number;
  readonly bytes: number;
  /** Time of the latest load; undefined if there was none. */
  readonly latest: string | undefined;
  readonly calendar: readonly string[];
}

/** What is loaded, due, stale and held of each table. */
export async function status(context: LoadContext, tables: readonly string[]): Promise<readonly TableStatus[]> {
  const run = planRun(context, { tables, from: undefined, to: undefined, maxBytes: 0 });
  const found: TableStatus[] = [];
  for (const table of run.order) {
    context.signal.throwIfAborted();
    const discovery = await discover(context, table, run.reads.get(keyOf(table)) ?? [], run.asked(table));
    found.push(tableStatus(discovery));
  }
  return found;
}

/** Everything that is known of one partition (of a whole table: ''), from the ledger and the record of its load. */
export interface Trace {
  readonly table: string;
  readonly partition: string;
  readonly state: string;
  readonly location: string;
  readonly ledger: LedgerEntry;
  readonly checks: LoadRecord['checks'];
}

/** What is known of one partition, by its values or its day; refused if no load has written it. */
export async function trace(context: LoadContext, name: string, partition: string): Promise<Trace> {
  const run = planRun(context, { tables: [name], from: undefined, to: undefined, maxBytes: 0 });
  const table = run.order[0]!;
  const discovery = await discover(context, table, run.reads.get(keyOf(table)) ?? [], run.asked(table));
  const { values, location, ledger } = entryOf(discovery, partition);
  const record = await readRecord(context, table, ledger.id);
  const checks = (record?.checks ?? []).filter((check) => unitKey(check.partition) === unitKey(values));
  const unit = discovery.units.find((each) => unitKey(each.values) === unitKey(values));
  return {
    table: keyOf(table),
    partition: partitionText(table, { values }),
    state: stateText(unit),
    location,
    ledger,
    checks,
  };
}

/** Prints the result of `status`; a calendar too, where it is of one table. */
export function printStatus(tables: readonly TableStatus[], json: boolean): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ tables })}\n`);
  else for (const line of statusLines(tables)) process.stdout.write(`${line}\n`);
  return EXIT.done;
}

/** `subject` is the first line of the commit's message; it names the pull request where it was merged from one. */
export function printTrace(found: Trace, subject: string | undefined, json: boolean): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ ...found, subject })}\n`);
  else for (const line of traceLines(found, subject)) process.stdout.write(`${logText(line)}\n`);
  return EXIT.done;
}

function tableStatus(discovery: Discovery): TableStatus {
  const { table, units } = discovery;
  const states = { due: 0, loaded: 0, stale: 0, held: 0, waiting: 0 };
  for (const unit of units) states[unit.state.kind] += 1;
  const entries = [...discovery.ledger.values()];
  return {
    table: keyOf(table),
    mode: table.load.mode,
    states,
    rows: entries.reduce((sum, entry) => sum + entry.rows, 0),
    rejected: entries.reduce((sum, entry) => sum + (entry.rejected ?? 0), 0),
    bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    latest: entries
      .map((entry) => entry.time)
      .toSorted()
      .at(-1),
    calendar: table.load.mode === 'partitions' ? calendar(units) : [],
  };
}

function statusLines(tables: readonly TableStatus[]): readonly string[] {
  const lines = tables.map((each) => {
    const { due, loaded, stale, held, waiting } = each.states;
    const told = Object.entries({ loaded, due, stale, held, 'without source': waiting }).filter(
      ([, count]) => count > 0,
    );
    const states = told.map(([name, count]) => `${count} ${name}`).join(', ') || 'nothing yet';
    const rejected = each.rejected === 0 ? '' : ` (${each.rejected.toLocaleString('en')} rejected)`;
    const size = `${each.rows.toLocaleString('en')} rows${rejected}, ${bytesText(each.bytes)}`;
    return `${each.table} (${each.mode}): ${states}; ${size}${each.latest === undefined ? '' : `, last loaded ${each.latest}`}`;
  });
  const [only] = tables;
  return tables.length === 1 && only && only.calendar.length > 0 ? [...lines, '', ...only.calendar, '', LEGEND] : lines;
}

function traceLines(
  { table, partition, state, location, ledger, checks }: Trace,
  subject: string | undefined,
): readonly string[] {
  const pull = /#(\d+)/.exec(subject ?? '')?.[1];
  return [
    `${table} ${partition || 'as a whole'}: ${state}`,
    `  load      ${ledger.id}, ${ledger.time}`,
    ...(pull === undefined ? [] : [`  pull      #${pull}`]),
    `  commit    ${ledger.commit || 'unknown'}${subject === undefined ? '' : ` ${subject}`}`,
    `  query     ${ledger.query}`,
    `  rows      ${ledger.rows.toLocaleString('en')}`,
    ...(ledger.rejected === undefined
      ? []
      : [`  rejected  ${ledger.rejected.toLocaleString('en')}${ledger.rejected > 0 ? ` in ${table}_rejects` : ''}`]),
    `  bytes     ${bytesText(ledger.bytes)} at ${location}`,
    ...(ledger.held === undefined ? [] : [`  held      ${ledger.held}`]),
    ...ledger.sources.map((source) => `  source    ${source.key} ${source.etag} ${bytesText(source.size)}`),
    ...ledger.upstream.map((each) => `  upstream  ${each.table} ${each.partition.join('/')} load ${each.load}`),
    ...checks.map((check) => `  check     ${check.name}: ${checkText(check)}`),
    ...ledger.previous.map(
      (past) => `  before    load ${past.id}, ${past.time}, ${past.rows.toLocaleString('en')} rows`,
    ),
  ];
}

function checkText(check: LoadRecord['checks'][number]): string {
  if (check.passed) return 'passed';
  return `${check.severity === 'warn' ? 'warned' : 'failed'} (${plural(check.count, 'row')})`;
}

function stateText(unit: LoadUnit | undefined): string {
  if (unit === undefined) return 'loaded';
  return unit.state.kind === 'due' ? `due (${unit.state.reason})` : unit.state.kind;
}

interface Found {
  readonly values: readonly string[];
  readonly location: string;
  readonly ledger: LedgerEntry;
}

/** A partition is named by its values (`2025/03/23`) or, where it is a day's, by the day (`2025-03-23`). */
function entryOf(discovery: Discovery, partition: string): Found {
  const { table, live } = discovery;
  if (table.load.mode === 'replace') {
    const ledger = readLedger(live.parameters);
    if (ledger) return { values: [], location: live.storage.location, ledger };
    throw notLoaded(table, '');
  }
  const unit = discovery.units.find((each) => each.from === partition && each.from === each.to);
  const entries = [...discovery.existing.values()];
  const found = entries.find(
    (entry) => entry.values.join('/') === partition || unitKey(entry.values) === unitKey(unit?.values ?? []),
  );
  const ledger = found && readLedger(found.parameters);
  if (found && ledger) return { values: found.values, location: found.storage.location, ledger };
  throw notLoaded(table, unit === undefined ? partition : partitionText(table, unit));
}

function notLoaded(table: LoadedTable, partition: string): UserError {
  const names = table.partitions.map((column) => column.name).join('/');
  const cure =
    names === ''
      ? 'npm run load'
      : `name a partition by its values (${names}) or its day; npm run status -- ${keyOf(table)} shows them`;
  return new UserError(`${keyOf(table)} ${partition} has not been loaded`.replace('  ', ' '), cure);
}
