import type { Entry } from '../store/entry.ts';
import { decodePath } from '../wire/http.ts';
import type { S3Call } from './call.ts';
import { readVerdict } from './conditions.ts';
import { invalidArgument, noSuchBucket, noSuchKey, preconditionFailed, S3Error } from './errors.ts';

/** The object that `x-amz-copy-source` names (`bucket/key`, `/bucket/key` or an access by version), its conditions met. */
export function copySource(call: S3Call): Entry {
  const header = call.request.headers['x-amz-copy-source'] ?? '';
  const [path, query] = header.split('?versionId=', 2) as [string, string | undefined];
  const decoded = decodePath(path.replace(/^\//, ''));
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1)
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      header,
    );
  const [bucket, key] = [decoded.slice(0, slash), decoded.slice(slash + 1)];
  if (!call.store.hasBucket(bucket)) throw noSuchBucket(bucket);
  const entry = call.store.head(bucket, key);
  if (!entry) throw noSuchKey(key);
  if (query !== undefined && query !== 'null')
    throw new S3Error('NoSuchVersion', 'The specified version does not exist.', 404);
  if (readVerdict(entry, call.request.headers, 'x-amz-copy-source-') === 'not-modified')
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
  return entry;
}
