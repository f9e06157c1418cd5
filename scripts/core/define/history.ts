import type { Column, LakeDefinition, TableDefinition } from '../model/definition.ts';
import { NO_TABLE } from './table.ts';

/** The database of what loads say of themselves, without an environment's prefix. */
export const HISTORY = 'weir_history';
export const LOADS = 'weir_loads';
export const CHECKS = 'weir_checks';
/** The partition column of both: the day of the load in UTC. */
export const HISTORY_DAY = 'load_date';

const OF_LOAD: readonly Column[] = [
  { name: 'load_id', type: 'string', description: 'Load' },
  { name: 'table_name', type: 'string', description: 'Table, as the definitions name it' },
  {
    name: 'partition_key',
    type: 'string',
    description: 'Partition, its values joined by slashes; all for a whole table',
  },
];

const LOAD_COLUMNS: readonly Column[] = [
  ...OF_LOAD,
  { name: 'published', type: 'boolean', description: 'False if a check kept it back' },
  { name: 'row_count', type: 'bigint', description: 'Rows' },
  { name: 'rejected_count', type: 'bigint', description: 'Rows that were rejected' },
  { name: 'byte_count', type: 'bigint', description: 'Bytes written' },
  { name: 'source_count', type: 'bigint', description: 'Objects that it was made of' },
  { name: 'source_bytes', type: 'bigint', description: 'Their bytes' },
  { name: 'definition', type: 'string', description: 'Hash of what the load makes of its sources' },
  { name: 'git_commit', type: 'string', description: 'Commit of the definitions' },
  { name: 'query_id', type: 'string', description: 'Query in Athena' },
  { name: 'loaded_at', type: 'timestamp', description: 'When, in UTC' },
  { name: 'reason', type: 'string', description: 'Why it was not published; null if it was' },
];

const CHECK_COLUMNS: readonly Column[] = [
  ...OF_LOAD,
  { name: 'check_name', type: 'string', description: 'Check' },
  { name: 'severity', type: 'string', description: 'error or warn' },
  { name: 'passed', type: 'boolean', description: 'True if nothing breaks it' },
  {
    name: 'found_count',
    type: 'bigint',
    description: 'Rows that break it; for row counts the rows, for freshness days',
  },
  { name: 'checked_at', type: 'timestamp', description: 'When, in UTC' },
];

/** The tables of loads and check results, where lake.yaml names a bucket for them. Nothing registers their partitions. */
export function historyTables(lake: LakeDefinition): readonly TableDefinition[] {
  if (lake.history === undefined) return [];
  return [
    historyTable(lake, LOADS, 'Every partition that a load wrote', LOAD_COLUMNS),
    historyTable(lake, CHECKS, 'What every check of every load found', CHECK_COLUMNS),
  ];
}

function historyTable(
  lake: LakeDefinition,
  name: string,
  description: string,
  columns: readonly Column[],
): TableDefinition {
  const day = { type: 'date', from: '2024-01-01', to: 'NOW+1DAYS', interval: 1, unit: 'DAYS' } as const;
  return {
    ...NO_TABLE,
    place: lake.place,
    database: HISTORY,
    name,
    description,
    owner: 'weir',
    format: { kind: 'json', serde: 'openx', options: {} },
    location: { bucket: lake.history?.bucket ?? '', path: historyPath(name) },
    columns,
    partitions: [{ name: HISTORY_DAY, type: 'date', date: 'yyyy-MM-dd', description: 'Day of the load in UTC' }],
    projection: { columns: { [HISTORY_DAY]: day }, template: undefined },
  };
}

/** The folder of a history table. */
export function historyPath(name: string): string {
  return `weir-history/${name.replace(/^weir_/, '')}/`;
}

/** The lake with the database of the history among its own. */
export function withHistory(lake: LakeDefinition): LakeDefinition {
  if (lake.history === undefined) return lake;
  const own = { [HISTORY]: { description: 'What loads and checks did' } };
  return { ...lake, databases: { ...lake.databases, ...own } };
}
