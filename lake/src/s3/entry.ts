import { type Bucket, versioningOf } from '../store/bucket-index.ts';
import type { Entry } from '../store/entry.ts';
import { needBucket, type S3Call } from './call.ts';
import { noSuchKey, S3Error } from './errors.ts';

/** The object that a request is about: the current one, or the version that it names. */
export function needEntry(call: S3Call): Entry {
  return entryOf(needBucket(call), call.key, call.request.query.get('versionId'));
}

export function entryOf(bucket: Bucket, key: string, versionId: string | undefined): Entry {
  if (versionId === undefined) {
    const entry = bucket.current(key);
    if (entry) return entry;
    const marker = bucket.versions(key)[0];
    throw marker ? withHeaders(noSuchKey(key), markerHeaders(marker)) : noSuchKey(key);
  }
  const entry = bucket.versions(key).find((one) => one.versionId === versionId);
  if (!entry) throw noSuchVersion(key, versionId);
  if (!entry.deleteMarker) return entry;
  throw new S3Error(
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    405,
    { ResourceType: 'DeleteMarker' },
    markerHeaders(entry),
  );
}

export function noSuchVersion(key: string, versionId: string): S3Error {
  return new S3Error('NoSuchVersion', 'The specified version does not exist.', 404, { Key: key, VersionId: versionId });
}

/** Versions are named in answers once a bucket has ever kept them. */
export function versionHeaders(bucket: Bucket, entry: Entry): Record<string, string> {
  return versioningOf(bucket) === 'off' ? {} : { 'x-amz-version-id': entry.versionId };
}

export function markerHeaders(marker: Entry): Record<string, string> {
  return { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId };
}

function withHeaders(error: S3Error, headers: Record<string, string>): S3Error {
  return new S3Error(error.code, error.message, error.status, error.fields, headers);
}
