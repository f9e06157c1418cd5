import { decodePath, type Request } from '../wire/http.ts';
import { S3Error } from './errors.ts';

export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

// The names under which S3, or a stand-in for it, is known: what is before them is a bucket (virtual-host addressing).
const BASE_HOSTS =
  /^(?:(.+?)\.)?(?:s3(?:[.-][a-z0-9-]+)?\.(?:dualstack\.)?(?:[a-z0-9-]+\.)?(?:amazonaws\.com(?:\.cn)?|localhost)|localhost|127\.0\.0\.1)$/i;

/** Bucket and key of a request, path style or virtual-host style. Nothing is normalised: `..` and `//` are part of keys. */
export function s3Address(request: Request): S3Address {
  const host = (request.headers.host ?? '').replace(/:\d*$/, '');
  const bucketInHost = BASE_HOSTS.exec(host)?.[1];
  const path = request.rawPath.startsWith('/') ? request.rawPath.slice(1) : request.rawPath;
  if (bucketInHost && bucketInHost !== 's3') return { bucket: bucketInHost.toLowerCase(), key: decodePath(path) };
  const slash = path.indexOf('/');
  if (slash === 0)
    throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: '' });
  if (slash < 0) return { bucket: decodePath(path), key: '' };
  return { bucket: decodePath(path.slice(0, slash)), key: decodePath(path.slice(slash + 1)) };
}

const LONGEST_KEY = 1024;

export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > LONGEST_KEY)
    throw new S3Error('KeyTooLongError', 'Your key is too long', 400, {
      Size: String(size),
      MaxSizeAllowed: String(LONGEST_KEY),
    });
  if (key.includes('\0')) throw new S3Error('InvalidURI', "Couldn't parse the specified URI.");
}
