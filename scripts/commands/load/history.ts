import { CHECKS, HISTORY_DAY, historyPath, LOADS } from '../../core/define/index.ts';
import { messageOf } from '../../core/render/errors.ts';
import type { LoadContext } from './context.ts';
import type { LoadRecord } from './intent.ts';

/**
 * Writes what a load did as rows of weir_history.weir_loads and weir_checks: one small object of each a load, named after
 * it, so that a load that is gone on with writes them once. The load is done either way: answers a warning where it failed.
 */
export async function writeHistory(context: LoadContext, record: LoadRecord): Promise<readonly string[]> {
  const role = context.definitions.lake.history?.bucket;
  const bucket = role === undefined ? undefined : context.environment.buckets[role];
  if (bucket === undefined) return [];
  try {
    await put(context, bucket, LOADS, record, loadRows(record));
    await put(context, bucket, CHECKS, record, checkRows(record));
    return [];
  } catch (error) {
    context.signal.throwIfAborted();
    return [`its history could not be written, the load itself is done: ${messageOf(error)}`];
  }
}

type Row = Readonly<Record<string, string | number | boolean>>;

async function put(
  context: LoadContext,
  bucket: string,
  table: string,
  { loadId, time }: LoadRecord,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const key = `${historyPath(table)}${HISTORY_DAY}=${dayOf(loadId, time)}/${loadId}.json`;
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await context.s3.put(bucket, key, text, { contentType: 'application/json' });
}

/** The day on which the load began: one that is gone on with after midnight has its rows once, where they were. */
function dayOf(loadId: string, time: string): string {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})t/.exec(loadId) ?? [];
  return day === undefined ? time.slice(0, 10) : `${year}-${month}-${day}`;
}

function loadRows(record: LoadRecord): readonly Row[] {
  return record.partitions.map((each) => ({
    ...heads(record, each.values),
    published: each.published,
    ...(each.rows === undefined ? {} : { row_count: each.rows }),
    rejected_count: each.rejected ?? 0,
    byte_count: each.bytes,
    source_count: each.sources.length,
    source_bytes: each.sources.reduce((sum, source) => sum + source.size, 0),
    definition: record.definition,
    git_commit: record.commit,
    query_id: record.query,
    loaded_at: stamp(record.time),
    ...(each.published ? {} : { reason: each.reason ?? '' }),
  }));
}

function checkRows(record: LoadRecord): readonly Row[] {
  return record.checks.map((each) => ({
    ...heads(record, each.partition),
    check_name: each.name,
    severity: each.severity,
    passed: each.passed,
    found_count: each.count,
    checked_at: stamp(record.time),
  }));
}

function heads({ loadId, table }: LoadRecord, values: readonly string[]): Row {
  return { load_id: loadId, table_name: table, partition_key: values.join('/') || 'all' };
}

/** As Athena's JSON SerDes read a timestamp. */
function stamp(time: string): string {
  return time.replace('T', ' ').replace('Z', '');
}
