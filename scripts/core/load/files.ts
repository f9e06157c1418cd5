import { fitsList } from './ctas.ts';
import { unitKey } from './due.ts';
import type { LedgerEntry, SourceObject } from './ledger.ts';

/**
 * Mode files: rows go where their values say, not where their file lies, so one object can touch several partitions. A
 * touched partition is made anew from every object that has rows in it. So a repeated object changes nothing, and a
 * corrected one leaves just its new rows, wherever the old ones were.
 */

/** Which objects are loaded: key -> [ETag, size]. Written after everything that they touch was published. */
export type FileIndex = Readonly<Record<string, readonly [etag: string, size: number]>>;

/** True if just this version of the object is loaded. */
export function isKnown(index: FileIndex, object: SourceObject): boolean {
  const known = index[object.key];
  return known?.[0] === object.etag && known[1] === object.size;
}

/** The index with these objects as loaded. */
export function knowing(index: FileIndex, objects: readonly SourceObject[]): FileIndex {
  const more = objects.map((object): [string, [string, number]] => [object.key, [object.etag, object.size]]);
  return { ...index, ...Object.fromEntries(more) };
}

/** The index without these objects: they are due again. */
export function forgetting(index: FileIndex, objects: readonly SourceObject[]): FileIndex {
  const keys = new Set(objects.map((object) => object.key));
  return Object.fromEntries(Object.entries(index).filter(([key]) => !keys.has(key)));
}

/** Rows of an object in a partition, as the statement that asks for them answers. */
export interface Mapping {
  /** Undefined where it cannot be told: then every object counts for every partition that was found. */
  readonly object: string | undefined;
  readonly values: readonly string[];
}

export interface FileWork {
  readonly values: readonly string[];
  /** Every object that has rows in the partition, from now on. */
  readonly objects: readonly SourceObject[];
}

/** Work that may have to wait. */
export interface PlannedWork extends FileWork {
  /**
   * Objects that the partition is made of and that are not there any more as they were: changed, or gone. S3 keeps no
   * earlier version, so their rows could not be written again.
   */
  readonly changed: readonly SourceObject[];
}

/**
 * What to make anew for these objects: the partitions that their rows go to, and those that an earlier version of them is
 * in. `listed` are all objects as they are there now.
 */
export function filePlan(
  objects: readonly SourceObject[],
  mapping: readonly Mapping[],
  ledger: ReadonlyMap<string, { readonly values: readonly string[]; readonly entry: LedgerEntry }>,
  listed: ReadonlyMap<string, SourceObject>,
): readonly PlannedWork[] {
  const now = new Map(objects.map((object) => [object.key, object]));
  const touched = new Map(mapping.map(({ values }) => [unitKey(values), values]));
  for (const [key, { values, entry }] of ledger) {
    if (entry.sources.some((source) => now.has(source.key))) touched.set(key, values);
  }
  const isThere = ({ key, etag, size }: SourceObject): boolean =>
    listed.get(key)?.etag === etag && listed.get(key)?.size === size;
  return [...touched].toSorted().map(([key, values]) => {
    const fresh = mapping.filter((each) => unitKey(each.values) === key);
    const into = fresh.some((each) => each.object === undefined)
      ? objects
      : objects.filter((object) => fresh.some((each) => each.object === object.key));
    const kept = (ledger.get(key)?.entry.sources ?? []).filter((source) => !now.has(source.key));
    const changed = kept.filter((source) => !isThere(source));
    return { values, objects: [...kept.filter(isThere), ...into], changed };
  });
}

/** The work in few statements: each of so many partitions at most, and so many objects that they can be listed in it. */
export function statementsOf(work: readonly FileWork[], most: number): readonly (readonly FileWork[])[] {
  const statements: FileWork[][] = [];
  let keys = new Set<string>();
  for (const each of work) {
    const own = each.objects.map((object) => object.key);
    const last = statements.at(-1);
    if (last !== undefined && last.length < most && fitsList([...new Set([...keys, ...own])])) last.push(each);
    else {
      statements.push([each]);
      keys = new Set();
    }
    for (const key of own) keys.add(key);
  }
  return statements;
}

/** Bytes of the objects that the statements of some work read: one that is in two statements is read twice. */
export function bytesRead(work: readonly FileWork[], most: number): number {
  const sizes = statementsOf(work, most).flatMap((statement) => [
    ...new Map(statement.flatMap(({ objects }) => objects).map(({ key, size }) => [key, size])).values(),
  ]);
  return sizes.reduce((sum, size) => sum + size, 0);
}
