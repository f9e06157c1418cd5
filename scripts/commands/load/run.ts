import { auditKey, type CheckResult } from '../../core/check/index.ts';
import {
  ctas,
  keyOf,
  type LedgerEntry,
  type LoadUnit,
  loadPrefix,
  loadQuery,
  partitionPath,
  pastOf,
  stagingName,
  unitKey,
} from '../../core/load/index.ts';
import { UserError } from '../../core/model/exit.ts';
import { isFault } from '../../core/model/fault.ts';
import type { Group } from '../../core/partition/index.ts';
import { isDataObject } from '../../core/partition/index.ts';
import { type AuditRequest, audit, auditTypes, explainFailure } from './audit.ts';
import { inEnvironment, type LoadContext, STAGING } from './context.ts';
import { bucketOf, type Discovery } from './discover.ts';
import { checkLanding } from './landing.ts';
import { type Publication, publishPartitions, publishTable } from './publish.ts';
import { type Meter, runStatement, StatementError, type Succeeded } from './statement.ts';

export type LoadGroup = Group<LoadUnit>;

export interface GroupResult {
  readonly loadId: string;
  readonly queryId: string;
  readonly published: number;
  readonly rows: number;
  readonly bytes: number;
  /** Failed checks of severity warn: told, published all the same. */
  readonly warnings: readonly string[];
  /** Failed checks of severity error: their partitions were not published. */
  readonly failures: readonly string[];
}

/** Loads the partitions of one group: write, audit, publish. */
export async function runGroup(
  context: LoadContext,
  discovery: Discovery,
  group: LoadGroup,
  meter: Meter,
): Promise<GroupResult> {
  const { table } = discovery;
  const label = keyOf(table);
  const sources = group.units.flatMap((unit) => unit.sources.objects);
  context.progress(`${label}: looking at the landing files`);
  await checkLanding(context, discovery, sources);
  const loadId = newLoadId(context);
  const bucket = bucketOf(context, table);
  const prefix = loadPrefix(table.location.path, loadId);
  const staging = { database: inEnvironment(context, STAGING), name: stagingName(table, loadId) };
  const request = requestOf(context, discovery, group, { staging, location: `s3://${bucket}/${prefix}` });
  try {
    context.progress(`${label}: ${group.units.length} partitions in one statement`);
    const written = await write(context, discovery, ctas(request), loadId, meter);
    context.progress(`${label}: checks`);
    const auditRequest: AuditRequest = {
      table,
      loadId,
      staging,
      partitions: group.units.map((unit) => unit.values),
      loadSql: loadQuery(request),
      meter,
    };
    await auditTypes(context, auditRequest);
    const audited = await audit(context, auditRequest);
    refuseOthers(discovery, group, audited.rows);
    const { warnings, failures, failed } = await verdict(context, auditRequest, audited.results);
    const bytes = await bytesByFolder(context, bucket, prefix);
    const publications = group.units
      .filter((unit) => !failed.has(unitKey(unit.values)))
      .map((unit) =>
        publication(context, discovery, unit, { bucket, prefix, loadId, written, rows: audited.rows, bytes }),
      );
    context.signal.throwIfAborted();
    context.progress(`${label}: publishing ${publications.length} partitions`);
    if (table.load.mode === 'replace') {
      for (const each of publications) await publishTable(context, discovery, each);
    } else {
      await publishPartitions(context, discovery, publications);
    }
    return {
      loadId,
      queryId: written.queryId,
      published: publications.length,
      rows: publications.reduce((sum, each) => sum + each.ledger.rows, 0),
      bytes: publications.reduce((sum, each) => sum + each.ledger.bytes, 0),
      warnings,
      failures,
    };
  } finally {
    await dropStaging(context, staging);
  }
}

function requestOf(
  context: LoadContext,
  { table }: Discovery,
  group: LoadGroup,
  at: { readonly staging: { database: string; name: string }; readonly location: string },
): Parameters<typeof ctas>[0] {
  const whole = table.load.mode === 'replace';
  return {
    table,
    ...at,
    days: whole ? undefined : { from: group.from, to: group.to },
    only: group.gaps ? group.units.map((unit) => unit.values) : undefined,
    rename: (database) => inEnvironment(context, database),
  };
}

async function write(
  context: LoadContext,
  { table }: Discovery,
  sql: string,
  loadId: string,
  meter: Meter,
): Promise<Succeeded> {
  try {
    return await runStatement(context, { sql, loadId, step: 'load', meter });
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    // The statement wraps load.sql: its first line stands behind the line of its FROM.
    const first = sql.slice(0, sql.indexOf('\nFROM (\n')).split('\n').length + 1;
    const told = /line (\d+):\d+/.exec(error.reason);
    const { path, line } = table.load.sqlPlace;
    const where = told ? `${path}:${Math.max(line, line + Number(told[1]) - first - 1)}` : path;
    throw new UserError(error.message, error.cure, { where, cause: error });
  }
}

/** Rows of partitions that were not asked for would be lost, or published where they do not belong. */
function refuseOthers({ table }: Discovery, group: LoadGroup, rows: ReadonlyMap<string, number>): void {
  const wanted = new Set(group.units.map((unit) => auditKey(table, unit.values)));
  const strange = [...rows].filter(([key, count]) => count > 0 && !wanted.has(key));
  const [first] = strange;
  if (first === undefined) return;
  const { path, line, column } = table.load.sqlPlace;
  const names = table.partitions.map((each) => each.name).join(', ');
  const values = (JSON.parse(first[0]) as (string | null)[]).map((value) => value ?? 'NULL').join('/');
  throw new UserError(
    `load.sql yields ${first[1]} rows of partition ${values}, which is not among the days ${group.from} to ${group.to}`,
    `derive ${names} from the column that is compared with :from and :to, spelled as their date formats say`,
    { where: `${path}:${line}:${column}` },
  );
}

interface Verdict {
  readonly warnings: readonly string[];
  readonly failures: readonly string[];
  readonly failed: ReadonlySet<string>;
}

const EXPLAINED = 5;

async function verdict(context: LoadContext, request: AuditRequest, results: readonly CheckResult[]): Promise<Verdict> {
  const broken = results.filter((result) => !result.passed);
  const texts: string[] = [];
  for (const result of broken.slice(0, EXPLAINED)) texts.push(await explainFailure(context, request, result));
  const more = broken.length - texts.length;
  const of = (severity: 'error' | 'warn'): readonly string[] =>
    texts.filter((_, index) => broken[index]?.check.severity === severity);
  const failed = new Set(
    broken.filter((result) => result.check.severity === 'error').map((result) => unitKey(result.partition)),
  );
  const rest = more > 0 ? [`${more} more failed checks`] : [];
  return { warnings: of('warn'), failures: failed.size > 0 ? [...of('error'), ...rest] : [], failed };
}

async function bytesByFolder(
  context: LoadContext,
  bucket: string,
  prefix: string,
): Promise<ReadonlyMap<string, number>> {
  const bytes = new Map<string, number>();
  for await (const object of context.s3.list(bucket, prefix)) {
    if (!isDataObject(object.key)) continue;
    const folder = object.key.slice(prefix.length, object.key.lastIndexOf('/') + 1);
    bytes.set(folder, (bytes.get(folder) ?? 0) + object.size);
  }
  return bytes;
}

interface Loaded {
  readonly bucket: string;
  readonly prefix: string;
  readonly loadId: string;
  readonly written: Succeeded;
  readonly rows: ReadonlyMap<string, number>;
  readonly bytes: ReadonlyMap<string, number>;
}

function publication(context: LoadContext, discovery: Discovery, unit: LoadUnit, loaded: Loaded): Publication {
  const { table } = discovery;
  const folder = partitionPath(table.partitions, unit.values);
  const before = discovery.ledger.get(unitKey(unit.values));
  const past = discovery.existing.get(unitKey(unit.values))?.storage.location ?? discovery.live.storage.location;
  const ledger: LedgerEntry = {
    id: loaded.loadId,
    rows: loaded.rows.get(auditKey(table, unit.values)) ?? 0,
    bytes: loaded.bytes.get(folder) ?? 0,
    fingerprint: unit.fingerprint,
    definition: discovery.definition,
    commit: context.commit,
    query: loaded.written.queryId,
    time: new Date(context.now()).toISOString(),
    sources: unit.sources.objects,
    upstream: [...unit.sources.upstream, ...discovery.beside],
    previous: pastOf(before, past),
    held: undefined,
  };
  return { values: unit.values, location: `s3://${loaded.bucket}/${loaded.prefix}${folder}`, ledger };
}

/** Drops the catalog entry alone: the files that it points to are the table's own by now, or left to gc. */
async function dropStaging(context: LoadContext, staging: { database: string; name: string }): Promise<void> {
  try {
    await context.glue.deleteTable(staging.database, staging.name);
  } catch (error) {
    if (isFault(error, 'not-found')) return;
    context.say(`note: the temporary table ${staging.database}.${staging.name} is left: ${(error as Error).message}`);
  }
}

/** Sorts by time, and names a prefix that nobody has used. */
function newLoadId(context: LoadContext): string {
  const time = new Date(context.now()).toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
  return `${time.toLowerCase()}-${context.nonce()}`;
}
