import { CatalogError, type GluePartitionInput, type GlueStorageDescriptor } from './catalog.ts';
import { keyOf, type PartitionSet, type StoredPartition, toStored } from './partition-set.ts';
import type { DetailRecord } from './table-detail.ts';

/** One entry of a batch. */
export type PartitionChange =
  | { readonly kind: 'create'; readonly input: GluePartitionInput }
  | { readonly kind: 'update'; readonly values: readonly string[]; readonly input: GluePartitionInput }
  | { readonly kind: 'delete'; readonly values: readonly string[] };

export interface Decision {
  /** One record for the whole batch (so it is kept whole or not at all), or none where nothing changes. */
  readonly record: Extract<DetailRecord, { kind: 'partitions' }> | undefined;
  /** In the order of the changes; undefined: this one is done. */
  readonly outcomes: readonly (CatalogError | undefined)[];
}

/** Judges each change in turn as if those before it were done, as Glue's batch calls do. */
export function decideChanges(
  set: PartitionSet,
  changes: readonly PartitionChange[],
  facts: { readonly keyCount: number; readonly now: number },
): Decision {
  const staged = new Map<string, StoredPartition | { readonly gone: readonly string[] }>();
  const fresh = new Map<string, number>();
  const current = (values: readonly string[]): StoredPartition | undefined => {
    const key = keyOf(values);
    const change = staged.get(key);
    if (change) return 'gone' in change ? undefined : change;
    return set.byValues.get(key);
  };
  const decide = (change: PartitionChange): CatalogError | undefined => {
    if (change.kind === 'delete') {
      if (!current(change.values)) return notFound();
      staged.set(keyOf(change.values), { gone: change.values });
      return undefined;
    }
    if (change.input.Values.length !== facts.keyCount) return wrongCount();
    const before = change.kind === 'update' ? current(change.values) : undefined;
    if (change.kind === 'update' && !before) return notFound();
    const moves = !before || keyOf(before.values) !== keyOf(change.input.Values);
    if (moves && current(change.input.Values)) return new CatalogError(EXISTS, 'Partition already exists.');
    if (before && moves) staged.set(keyOf(before.values), { gone: before.values });
    staged.set(keyOf(change.input.Values), toStored(set, fresh, change.input, before?.created ?? facts.now));
    return undefined;
  };
  const outcomes = changes.map(decide);
  return { record: recordOf(staged, fresh), outcomes };
}

const EXISTS = 'AlreadyExistsException';

export function notFound(): CatalogError {
  return new CatalogError('EntityNotFoundException', 'Cannot find partition.');
}

function wrongCount(): CatalogError {
  return new CatalogError(
    'InvalidInputException',
    'The number of partition keys do not match the number of partition values',
  );
}

function recordOf(
  staged: ReadonlyMap<string, StoredPartition | { readonly gone: readonly string[] }>,
  fresh: ReadonlyMap<string, number>,
): Decision['record'] {
  if (staged.size === 0) return undefined;
  const put: StoredPartition[] = [];
  const drop: (readonly string[])[] = [];
  for (const change of staged.values()) {
    if ('gone' in change) drop.push(change.gone);
    else put.push(change);
  }
  const descriptors = [...fresh].map(
    ([text, number]) => [number, JSON.parse(text) as Omit<GlueStorageDescriptor, 'Location'>] as const,
  );
  return {
    kind: 'partitions',
    ...(descriptors.length ? { descriptors } : {}),
    ...(drop.length ? { drop } : {}),
    ...(put.length ? { put } : {}),
  };
}
