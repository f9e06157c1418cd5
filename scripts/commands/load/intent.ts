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

/** False for what no load has written: somebody's hand was in the lease. */
export function isIntent(value: Intent | null): boolean {
  const texts = [value?.loadId, value?.location, value?.staging?.database, value?.staging?.name];
  const isList = (list: unknown): boolean => Array.isArray(list);
  const units = isList(value?.units) ? (value?.units ?? []) : [null];
  return texts.every((text) => typeof text === 'string') && units.every((unit) => isList(unit?.values));
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
  return Array.isArray(record?.partitions) ? record : undefined;
}

/** Keeps the record of a load; written again by a run that goes on with it. */
export async function writeRecord(context: LoadContext, table: LoadedTable, record: LoadRecord): Promise<void> {
  const { bucket, path } = controlFolder(context, table);
  await context.s3.put(bucket, `${path}loads/${record.loadId}.json`, `${JSON.stringify(record)}\n`, {
    contentType: 'application/json',
  });
}
