import type { Entry } from './entry.ts';
import { createKeyOrder, type KeyOrder } from './key-order.ts';

export type Versioning = 'off' | 'enabled' | 'suspended';

/** The name of the one version that an object has where versions are not kept. */
export const NULL_VERSION = 'null';

/** One bucket in memory: its settings, its objects in order, and older versions where they are kept. */
export interface Bucket {
  readonly name: string;
  readonly created: number;
  /** Sub-resources as they were put (versioning, policy, tagging ...), by name. */
  readonly settings: ReadonlyMap<string, string>;
  /** Keys of the objects that are there. */
  readonly order: ReadOrder;
  /** Keys that have only older versions left, below a delete marker. */
  readonly hidden: ReadOrder;
  current(key: string): Entry | undefined;
  /** All versions of a key, the newest first, delete markers among them. */
  versions(key: string): readonly Entry[];
  /** Every version of every key; those of one key the oldest first. */
  all(): Iterable<Entry>;
}

export type ReadOrder = Pick<KeyOrder, 'size' | 'at' | 'from' | 'afterPrefix'>;

/** The changes; each answers the entry that it took out of the index, whose bytes nobody needs any more. */
export interface BucketIndex extends Bucket {
  readonly settings: Map<string, string>;
  /** The newest version of its key from now on; takes the place of the version of the same name, if there is one. */
  put(entry: Entry): Entry | undefined;
  drop(key: string, versionId: string): Entry | undefined;
  /** The same version with other attributes: it keeps its place. */
  amend(entry: Entry): void;
  /** Puts the keys in order, once all were put at start-up. */
  sort(): void;
}

export function createBucketIndex(name: string, created: number): BucketIndex {
  const entries = new Map<string, Entry>();
  /** Only keys with more than one version, or whose newest is a delete marker. */
  const history = new Map<string, readonly Entry[]>();
  let order: KeyOrder | undefined;
  let hidden: KeyOrder | undefined;

  function versions(key: string): readonly Entry[] {
    const kept = history.get(key);
    if (kept) return kept;
    const only = entries.get(key);
    return only ? [only] : [];
  }
  function setVersions(key: string, list: readonly Entry[]): void {
    const newest = list[0];
    const current = newest && !newest.deleteMarker ? newest : undefined;
    if (list.length > 1 || (newest && !current)) history.set(key, list);
    else history.delete(key);
    if (current) {
      if (!entries.has(key)) order?.add(key);
      entries.set(key, current);
    } else if (entries.delete(key)) order?.remove(key);
    if (newest && !current) hidden?.add(key);
    else hidden?.remove(key);
  }
  function sort(): void {
    order = createKeyOrder(entries.keys());
    hidden = createKeyOrder([...history.keys()].filter((key) => !entries.has(key)));
  }

  return {
    name,
    created,
    settings: new Map(),
    get order() {
      if (!order) sort();
      return order!;
    },
    get hidden() {
      if (!hidden) sort();
      return hidden!;
    },
    current: (key) => entries.get(key),
    versions,
    *all() {
      for (const [key, entry] of entries) if (!history.has(key)) yield entry;
      for (const list of history.values()) yield* list.toReversed();
    },
    put(entry) {
      const before = versions(entry.key);
      const replaced = before.find((one) => one.versionId === entry.versionId);
      setVersions(entry.key, [entry, ...before.filter((one) => one !== replaced)]);
      return replaced;
    },
    drop(key, versionId) {
      const before = versions(key);
      const dropped = before.find((one) => one.versionId === versionId);
      if (dropped)
        setVersions(
          key,
          before.filter((one) => one !== dropped),
        );
      return dropped;
    },
    amend(entry) {
      const list = versions(entry.key).map((one) => (one.versionId === entry.versionId ? entry : one));
      setVersions(entry.key, list);
    },
    sort,
  };
}

export function versioningOf(bucket: Bucket): Versioning {
  const status = /<Status>\s*(Enabled|Suspended)/.exec(bucket.settings.get('versioning') ?? '')?.[1];
  if (status === 'Enabled') return 'enabled';
  return status === 'Suspended' ? 'suspended' : 'off';
}
