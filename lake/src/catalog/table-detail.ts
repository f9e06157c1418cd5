import type { GlueStorageDescriptor, GlueTable } from './catalog.ts';
import {
  addDescriptor,
  createPartitionSet,
  deepFreeze,
  dropPartition,
  keyOf,
  orderedPartitions,
  type PartitionSet,
  putPartition,
  type StoredPartition,
} from './partition-set.ts';

/** Statistics of one column, as UpdateColumnStatisticsFor... gave it. */
export interface ColumnStatistics {
  readonly ColumnName: string;
  readonly ColumnType: string;
  readonly AnalyzedTime: number;
  readonly StatisticsData: Readonly<Record<string, unknown>>;
}

export interface PartitionIndex {
  readonly IndexName: string;
  readonly Keys: readonly string[];
}

/** What belongs to one table beside its definition; read from the table's own journal when first asked for. */
export interface TableDetail {
  readonly partitions: PartitionSet;
  /** Archived versions by id; the current one is the table itself. */
  readonly versions: Map<string, GlueTable>;
  /** Key '' is the table, else `keyOf(values)` of a partition; then the column's name. */
  readonly statistics: Map<string, Map<string, ColumnStatistics>>;
  indexes: readonly PartitionIndex[];
}

/** One line of a table's journal. */
export type DetailRecord =
  | {
      readonly kind: 'partitions';
      readonly descriptors?: readonly (readonly [number, Omit<GlueStorageDescriptor, 'Location'>])[];
      readonly drop?: readonly (readonly string[])[];
      readonly put?: readonly StoredPartition[];
    }
  | { readonly kind: 'version'; readonly table: GlueTable }
  | { readonly kind: 'drop-versions'; readonly ids: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly PartitionIndex[] }
  | { readonly kind: 'statistics'; readonly of: string; readonly columns: readonly ColumnStatistics[] }
  | { readonly kind: 'drop-statistics'; readonly of: string; readonly columns: readonly string[] };

export function createTableDetail(): TableDetail {
  return { partitions: createPartitionSet(), versions: new Map(), statistics: new Map(), indexes: [] };
}

export function applyDetail(detail: TableDetail, record: DetailRecord): void {
  switch (record.kind) {
    case 'partitions':
      applyPartitions(detail, record);
      return;
    case 'version':
      detail.versions.set(record.table.VersionId, deepFreeze(record.table));
      return;
    case 'drop-versions':
      for (const id of record.ids) detail.versions.delete(id);
      return;
    case 'indexes':
      detail.indexes = deepFreeze(record.indexes);
      return;
    case 'statistics':
      applyStatistics(detail, record.of, record.columns);
      return;
    case 'drop-statistics':
      for (const column of record.columns) detail.statistics.get(record.of)?.delete(column);
      return;
  }
}

function applyPartitions(detail: TableDetail, record: Extract<DetailRecord, { kind: 'partitions' }>): void {
  for (const [number, descriptor] of record.descriptors ?? []) addDescriptor(detail.partitions, number, descriptor);
  for (const values of record.drop ?? []) {
    dropPartition(detail.partitions, values);
    detail.statistics.delete(keyOf(values));
  }
  for (const partition of record.put ?? []) putPartition(detail.partitions, partition);
}

function applyStatistics(detail: TableDetail, of: string, columns: readonly ColumnStatistics[]): void {
  const known = detail.statistics.get(of) ?? new Map<string, ColumnStatistics>();
  for (const column of columns) known.set(column.ColumnName, deepFreeze(column));
  detail.statistics.set(of, known);
}

const PARTITIONS_A_LINE = 500;

/** The fewest records that give this detail: what compaction writes. */
export function* snapshotOf(detail: TableDetail): Generator<DetailRecord> {
  for (const table of detail.versions.values()) yield { kind: 'version', table };
  if (detail.indexes.length) yield { kind: 'indexes', indexes: detail.indexes };
  const ordered = orderedPartitions(detail.partitions);
  const used = new Set(ordered.map((partition) => partition.descriptor));
  const descriptors = [...detail.partitions.descriptors].filter(([number]) => used.has(number));
  if (descriptors.length) yield { kind: 'partitions', descriptors };
  for (let at = 0; at < ordered.length; at += PARTITIONS_A_LINE) {
    yield { kind: 'partitions', put: ordered.slice(at, at + PARTITIONS_A_LINE) };
  }
  for (const [of, columns] of detail.statistics) {
    if (columns.size) yield { kind: 'statistics', of, columns: [...columns.values()] };
  }
}
