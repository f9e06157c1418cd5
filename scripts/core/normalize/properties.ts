import { LOAD_PREFIX } from '../model/catalog.ts';

/** Properties with which Weir describes a table; a table that Weir has not adopted lacks them. */
export const OWNER = 'weir.owner';
/**
 * On views, whose Glue Description must stay empty: Trino puts it in the place of the comment `Presto View`, by which it
 * knows a view of its own kind, and then finds no view at all.
 */
export const DESCRIPTION = 'weir.description';
export const RETENTION = 'weir.retention_days';
/** On databases: the lake that they belong to, as several may share an account. */
export const ENVIRONMENT = 'weir.environment';
/** On tables that Weir itself writes (its ledger tables, rejects): not of the definitions, and not foreign. */
export const SYSTEM = 'weir.system';

/** What Hive, Athena, Trino, crawlers and statistics write on a table by themselves. */
const WRITTEN_BY_ENGINES = new Set([
  'external',
  'transient_lastddltime',
  'last_modified_by',
  'last_modified_time',
  'classification',
  'compressiontype',
  'typeofdata',
  'numfiles',
  'numrows',
  'rawdatasize',
  'totalsize',
  'recordcount',
  'averagerecordsize',
  'objectcount',
  'sizekey',
  'column_stats_accurate',
  'stats_generated_via_stats_task',
  'updated_by_crawler',
  'columnsordered',
  'arecolumnsquoted',
  'delimiter',
  'has_encrypted_data',
  'bucketing_format',
  'auto.purge',
  'trino_version',
  'trino_query_id',
  'presto_version',
  'presto_query_id',
  'partition_filtering.enabled',
]);

/** True for a property that says nothing about the definition: engines, statistics, marks and loads write it. */
export function isIgnored(key: string): boolean {
  const lower = key.toLowerCase();
  if (WRITTEN_BY_ENGINES.has(lower) || lower === 'comment') return true;
  if (lower.startsWith('trino_') || lower.startsWith('presto_') || lower.startsWith('crawlerschema')) return true;
  if (lower === OWNER || lower === RETENTION) return false;
  return lower.startsWith('weir.') || lower.startsWith(LOAD_PREFIX);
}

/** Properties that count for comparison and for the state's hash. */
export function meaningful(properties: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !isIgnored(key)));
}

export function isProjectionKey(key: string): boolean {
  return key.startsWith('projection.') || key === 'storage.location.template';
}
