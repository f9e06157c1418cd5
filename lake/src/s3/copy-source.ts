import type { Entry } from '../store/entry.ts';
import { decodePath } from '../wire/http.ts';
import type { S3Call } from './call.ts';
import { readVerdict } from './conditions.ts';
import { entryOf } from './entry.ts';
import { invalidArgument, noSuchBucket, preconditionFailed } from './errors.ts';

/** The object that `x-amz-copy-source` names (`bucket/key`, `/bucket/key` or an access by version), its conditions met. */
export function copySource(call: S3Call): Entry {
  const header = call.request.headers['x-amz-copy-source'] ?? '';
  const [path, versionId] = header.split('?versionId=', 2) as [string, string | undefined];
  const decoded = decodePath(path.replace(/^\//, ''));
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1)
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      header,
    );
  const [bucket, key] = [decoded.slice(0, slash), decoded.slice(slash + 1)];
  const source = call.store.bucket(bucket);
  if (!source) throw noSuchBucket(bucket);
  const entry = entryOf(source, key, versionId);
  call.store.checkInside(entry);
  if (readVerdict(entry, call.request.headers, 'x-amz-copy-source-') === 'not-modified')
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
  return entry;
}
