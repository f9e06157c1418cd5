import type { LoadedTable } from '../../core/load/index.ts';
import type { LoadContext } from './context.ts';
import { controlFolder, readJson } from './control.ts';

/**
 * Written before a load touches anything, taken away when it has ended: what a run that was killed leaves for the next
 * one, which goes on with it or clears it away.
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
  /** The CTAS, once it was started. */
  readonly queryId?: string;
}

/** What is kept of a load for good, published or failed: history, and the proof that a prefix is a load's own. */
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
    readonly rows: number;
    readonly bytes: number;
    readonly fingerprint: string;
  }[];
  readonly checks: readonly {
    readonly name: string;
    readonly severity: string;
    readonly partition: readonly string[];
    readonly passed: boolean;
    readonly count: number;
  }[];
  readonly error?: string;
}

export async function writeIntent(context: LoadContext, table: LoadedTable, intent: Intent): Promise<void> {
  const { bucket, path } = controlFolder(context, table);
  await context.s3.put(bucket, intentKey(path, intent.loadId), JSON.stringify(intent), JSON_TYPE);
}

/** The loads of a table that have begun and not ended, oldest first. */
export async function openIntents(context: LoadContext, table: LoadedTable): Promise<readonly Intent[]> {
  const { bucket, path } = controlFolder(context, table);
  const intents: Intent[] = [];
  for await (const { key } of context.s3.list(bucket, `${path}intents/`)) {
    const found = await readJson<Intent>(context, bucket, key);
    if (found) intents.push(found.value);
  }
  return intents;
}

export async function removeIntent(context: LoadContext, table: LoadedTable, loadId: string): Promise<void> {
  const { bucket, path } = controlFolder(context, table);
  await context.s3.delete(bucket, [intentKey(path, loadId)]);
}

export async function writeRecord(context: LoadContext, table: LoadedTable, record: LoadRecord): Promise<void> {
  const { bucket, path } = controlFolder(context, table);
  await context.s3.put(bucket, `${path}loads/${record.loadId}.json`, `${JSON.stringify(record)}\n`, JSON_TYPE);
}

const JSON_TYPE = { contentType: 'application/json' };

function intentKey(path: string, loadId: string): string {
  return `${path}intents/${loadId}.json`;
}
