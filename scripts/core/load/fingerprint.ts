import { createHash } from 'node:crypto';
import type { SourceObject, UpstreamLoad } from './ledger.ts';

/** What a partition is made of: the objects of its landing sources and the loads of its upstream partitions. */
export interface Sources {
  readonly objects: readonly SourceObject[];
  readonly upstream: readonly UpstreamLoad[];
}

/** A hash that is the same exactly while the same objects (key, ETag, size) and upstream loads are there. */
export function fingerprint(sources: Sources): string {
  const objects = sources.objects.map(({ key, etag, size }) => [key, etag, size]);
  const upstream = sources.upstream.map(({ table, partition, load }) => [table, partition, load]);
  return createHash('sha256')
    .update(JSON.stringify([sorted(objects), sorted(upstream)]))
    .digest('hex');
}

/** Bytes that reading the sources takes, as far as it is known. */
export function sourceBytes(sources: Sources): number {
  const objects = sources.objects.reduce((sum, object) => sum + object.size, 0);
  return sources.upstream.reduce((sum, load) => sum + (load.bytes ?? 0), objects);
}

/** The sources of several partitions together, each object once. */
export function joinSources(all: readonly Sources[]): Sources {
  const objects = new Map(all.flatMap((each) => each.objects).map((object) => [object.key, object]));
  const upstream = new Map(all.flatMap((each) => each.upstream).map((load) => [JSON.stringify(load), load]));
  return { objects: [...objects.values()], upstream: [...upstream.values()] };
}

function sorted(entries: readonly unknown[]): readonly string[] {
  return entries.map((entry) => JSON.stringify(entry)).toSorted();
}
