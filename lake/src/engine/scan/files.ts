import type { ObjectStore, StoredObject } from '../../store/object-store.ts';
import { failure } from '../failure.ts';
import { parseLocation } from '../location.ts';
import type { ScanFile, ScanPartition } from './source.ts';

/** The objects of the partitions' folders, subfolders too, in order; hidden and empty ones are passed over. */
export function filesOf(objects: ObjectStore, partitions: readonly ScanPartition[]): readonly ScanFile[] {
  const files: ScanFile[] = [];
  for (const partition of partitions) {
    const location = parseLocation(partition.location);
    if (location === undefined) throw failure('HIVE_INVALID_METADATA', `Invalid location: ${partition.location}`);
    if (!objects.hasBucket(location.bucket)) {
      const text = `The specified bucket does not exist (Bucket: ${location.bucket})`;
      throw failure('PERMISSION_DENIED', `Access denied on S3 path ${partition.location}: ${text}`);
    }
    for (const object of objects.list(location.bucket, location.prefix)) {
      if (object.size > 0 && !isHidden(object, location.prefix)) files.push({ object, partition });
    }
  }
  return files;
}

/** Hive's readers pass over names that begin with `_` or `.`, folders among them. */
function isHidden(object: StoredObject, prefix: string): boolean {
  const rest = object.key.slice(prefix.length);
  return rest.endsWith('/') || /(^|\/)[_.]/.test(rest);
}
