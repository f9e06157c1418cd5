import type { GluePartition, GluePartitionInput, GlueStorageDescriptor } from './catalog.ts';

/**
 * The partitions of one table. Storage descriptors are shared: ten thousand partitions of a table have, but for the
 * location, one descriptor, in memory and in the journal.
 */
export interface StoredPartition {
  readonly values: readonly string[];
  /** Number of the shared descriptor; left out where the partition has none. */
  readonly descriptor?: number;
  readonly location?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly created: number;
  /** Input fields beside these: LastAccessTime, LastAnalyzedTime and what later SDKs send. */
  readonly other?: Readonly<Record<string, unknown>>;
}

type Descriptor = Readonly<Omit<GlueStorageDescriptor, 'Location'>>;

export interface PartitionSet {
  readonly byValues: Map<string, StoredPartition>;
  readonly descriptors: Map<number, Descriptor>;
  readonly descriptorNumbers: Map<string, number>;
  nextNumber: number;
  /** The partitions in order of their values; undefined after a change until somebody asks. */
  ordered: readonly StoredPartition[] | undefined;
  /** Their values, as `ordered`. */
  values: readonly (readonly string[])[] | undefined;
}

export function createPartitionSet(): PartitionSet {
  return {
    byValues: new Map(),
    descriptors: new Map(),
    descriptorNumbers: new Map(),
    nextNumber: 0,
    ordered: undefined,
    values: undefined,
  };
}

export function keyOf(values: readonly string[]): string {
  return JSON.stringify(values);
}

export function putPartition(set: PartitionSet, partition: StoredPartition): void {
  set.byValues.set(keyOf(partition.values), partition);
  changed(set);
}

export function dropPartition(set: PartitionSet, values: readonly string[]): void {
  if (set.byValues.delete(keyOf(values))) changed(set);
}

function changed(set: PartitionSet): void {
  set.ordered = undefined;
  set.values = undefined;
}

export function addDescriptor(set: PartitionSet, number: number, descriptor: Descriptor): void {
  set.descriptors.set(number, deepFreeze(descriptor));
  set.descriptorNumbers.set(JSON.stringify(descriptor), number);
  set.nextNumber = Math.max(set.nextNumber, number + 1);
}

export function orderedPartitions(set: PartitionSet): readonly StoredPartition[] {
  set.ordered ??= [...set.byValues.values()].sort((a, b) => compareValues(a.values, b.values));
  return set.ordered;
}

export function orderedValues(set: PartitionSet): readonly (readonly string[])[] {
  set.values ??= orderedPartitions(set).map(({ values }) => values);
  return set.values;
}

function compareValues(a: readonly string[], b: readonly string[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return a.length - b.length;
}

/** Index of the first partition whose values come after these. */
export function firstAfter(ordered: readonly StoredPartition[], values: readonly string[]): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareValues(ordered[middle]!.values, values) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a put writes: the partition and, where its descriptor is new, the descriptor under its number. */
export function toStored(
  set: PartitionSet,
  fresh: Map<string, number>,
  input: GluePartitionInput,
  created: number,
): StoredPartition {
  const { Values, StorageDescriptor, Parameters, ...rest } = input;
  const other = withoutDerived(rest);
  return {
    values: [...Values],
    ...descriptorOf(set, fresh, StorageDescriptor),
    ...(Parameters ? { parameters: { ...Parameters } } : {}),
    created,
    ...(Object.keys(other).length ? { other } : {}),
  };
}

/** Callers may hand a partition that they read (a GluePartition) back in; what the catalog itself adds is not input. */
function withoutDerived(rest: Record<string, unknown>): Record<string, unknown> {
  const { DatabaseName: _d, TableName: _t, CreationTime: _c, CatalogId: _i, ...other } = rest;
  return other;
}

function descriptorOf(
  set: PartitionSet,
  fresh: Map<string, number>,
  descriptor: GlueStorageDescriptor | undefined,
): { descriptor?: number; location?: string } {
  if (!descriptor) return {};
  const { Location, ...shared } = descriptor;
  const text = JSON.stringify(shared);
  let number = set.descriptorNumbers.get(text) ?? fresh.get(text);
  if (number === undefined) {
    number = set.nextNumber + fresh.size;
    fresh.set(text, number);
  }
  return { descriptor: number, ...(Location === undefined ? {} : { location: Location }) };
}

export function toGluePartition(
  set: PartitionSet,
  stored: StoredPartition,
  owner: { readonly database: string; readonly table: string; readonly account: string },
): GluePartition {
  const shared = stored.descriptor === undefined ? undefined : set.descriptors.get(stored.descriptor);
  return {
    Values: [...stored.values],
    DatabaseName: owner.database,
    TableName: owner.table,
    CreationTime: stored.created,
    ...stored.other,
    ...(shared
      ? {
          StorageDescriptor: {
            ...shared,
            ...(stored.location === undefined ? {} : { Location: stored.location }),
          } as GlueStorageDescriptor,
        }
      : {}),
    ...(stored.parameters ? { Parameters: { ...stored.parameters } } : {}),
    CatalogId: owner.account,
  };
}

/** Makes a value unchangeable through and through: catalog objects are handed out without copying. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
