import type { LoadedTable, SourceObject, UpstreamLoad } from '../../core/load/index.ts';
import type { LoadContext } from './context.ts';
import { controlFolder, readJson } from './control.ts';

/**
 * Said (in the lease) before a load touches anything, taken back when it has ended: what a run that was killed leaves for
 * the next one, which goes on with it or clears it away.
 */
export interface Intent {
  readonly loadId: string;
  readonly fence: number;
  readonly definition: string;
  readonly units: readonly { readonly values: readonly string[]; readonly fingerprint: string }[];
  readonly from: string;
  readonly to: string;
  readonly gaps: boolean;
  readonly staging: { readonly database: string; readonly name: string };
  readonly location: string;
  readonly time: string;
  /** By which rule rows are rejected; undefined where none are. */
  readonly rejects?: string | undefined;
  /** The CTAS, once it was started. */
  readonly queryId?: string;
}

/** An intent as a lease holds it, with nothing else that stands there; undefined for what no load has written: a hand was in it. */
export function readIntent(value: Partial<Intent> | null): Intent | undefined {
  const {
    loadId,
    fence = 0,
    definition = '',
    units,
    from = '',
    to = '',
    gaps = true,
    time = '',
    rejects,
    queryId,
  } = value ?? {};
  const { staging, location } = value ?? {};
  const texts = [
    loadId,
    definition,
    from,
    to,
    time,
    location,
    staging?.database,
    staging?.name,
    rejects ?? '',
    queryId ?? '',
  ];
  const isText = (text: unknown): boolean => typeof text === 'string';
  if (!texts.every(isText) || !Array.isArray(units) || !units.every((unit) => isTexts(unit?.values))) return undefined;
  return {
    loadId: loadId!,
    fence: Number(fence),
    definition,
    units: units.map(({ values, fingerprint }) => ({ values, fingerprint: String(fingerprint) })),
    ...{ from, to, gaps: Boolean(gaps) },
    staging: { database: staging!.database, name: staging!.name },
    location: location!,
    time,
    ...(rejects === undefined ? {} : { rejects }),
    ...(queryId === undefined ? {} : { queryId }),
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** What is kept of a load for good, published or failed: its history, also where the ledger is too small for it. */
export interface LoadRecord {
  readonly loadId: string;
  readonly state: 'published' | 'failed';
  readonly table: string;
  readonly definition: string;
  readonly commit: string;
  readonly query: string;
  readonly location: string;
  readonly time: string;
  readonly fence: number;
  readonly partitions: readonly {
    readonly values: readonly string[];
    readonly published: boolean;
    /** Why it was not. */
    readonly reason?: string;
    /** Unknown where the statement failed. */
    readonly rows?: number;
    readonly rejected?: number;
    readonly bytes: number;
    readonly fingerprint: string;
    readonly sources: readonly SourceObject[];
    readonly upstream: readonly UpstreamLoad[];
  }[];
  readonly checks: readonly {
    readonly name: string;
    readonly severity: string;
    readonly partition: readonly string[];
    readonly passed: boolean;
    readonly count: number;
  }[];
}

/** The record of a load, where it has written one. */
export async function readRecord(
  context: LoadContext,
  table: LoadedTable,
  loadId: string,
): Promise<LoadRecord | undefined> {
  const { bucket, path } = controlFolder(context, table);
  const record = (await readJson<LoadRecord>(context, bucket, `${path}loads/${loadId}.json`))?.value;
  if (!Array.isArray(record?.partitions)) return undefined;
  // What is garbled in it is left out, as if the load had not told it.
  const checks: readonly unknown[] = Array.isArray(record.checks) ? record.checks : [];
  return { ...record, partitions: record.partitions.filter(isPart), checks: checks.filter(isResult) };
}

/** Keeps the record of a load; written again by a run that goes on with it. */
export async function writeRecord(context: LoadContext, table: LoadedTable, record: LoadRecord): Promise<void> {
  const { bucket, path } = controlFolder(context, table);
  await context.s3.put(bucket, `${path}loads/${record.loadId}.json`, `${JSON.stringify(record)}\n`, {
    contentType: 'application/json',
  });
}

type Part = LoadRecord['partitions'][number];
type Result = LoadRecord['checks'][number];

function isPart(value: unknown): value is Part {
  const { values, sources, upstream } = (value ?? {}) as Partial<Part>;
  if (!isTexts(values) || !Array.isArray(sources) || !Array.isArray(upstream)) return false;
  const areObjects = sources.every(
    (each: Partial<SourceObject> | null) => isTexts([each?.key, each?.etag]) && Number.isFinite(each?.size),
  );
  return (
    areObjects &&
    upstream.every(
      (each: Partial<UpstreamLoad> | null) => isTexts([each?.table, each?.load]) && isTexts(each?.partition),
    )
  );
}

function isResult(value: unknown): value is Result {
  const { name, severity, partition, passed, count } = (value ?? {}) as Partial<Result>;
  return isTexts([name, severity]) && isTexts(partition) && typeof passed === 'boolean' && Number.isFinite(count);
}
