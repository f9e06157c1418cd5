import { notImplemented } from '../failure.ts';

export type TextCompression = 'none' | 'gzip' | 'zstd';

const REFUSED: ReadonlySet<string> = new Set(['bz2', 'lz4', 'snappy', 'deflate', 'lzo', 'br', 'xz']);

/** Told by the object's name alone, as Hadoop does. */
export function compressionOf(key: string): TextCompression {
  const extension = /\.([A-Za-z0-9]+)$/.exec(key)?.[1]?.toLowerCase() ?? '';
  if (extension === 'gz') return 'gzip';
  if (extension === 'zst' || extension === 'zstd') return 'zstd';
  if (REFUSED.has(extension)) throw notImplemented(`reading text compressed as .${extension} (${key})`);
  return 'none';
}

/** Items by a key, in order of first appearance. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
