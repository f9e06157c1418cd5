import type { Bucket } from '../store/bucket-index.ts';
import type { FileStore } from '../store/file-store.ts';
import type { Answer, Request } from '../wire/http.ts';
import type { RequestContext } from '../wire/json-service.ts';
import { type XmlChild, xmlDocument } from '../wire/xml.ts';
import { noSuchBucket } from './errors.ts';
import type { Uploads } from './uploads.ts';

/** One S3 request on its way to its operation. */
export interface S3Call {
  readonly request: Request;
  /** '' where the request names none. */
  readonly bucket: string;
  readonly key: string;
  readonly store: FileStore;
  readonly uploads: Uploads;
  readonly context: RequestContext;
}

export interface S3Operation {
  readonly name: string;
  readonly run: (call: S3Call) => Promise<Answer>;
}

export const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function needBucket(call: S3Call): Bucket {
  const bucket = call.store.bucket(call.bucket);
  if (!bucket) throw noSuchBucket(call.bucket);
  return bucket;
}

export function xmlAnswer(root: string, children: readonly XmlChild[], headers: Answer['headers'] = {}): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...headers },
    body: xmlDocument(root, S3_NAMESPACE, children),
  };
}

/** S3 knows whole seconds only, in headers and lists alike. */
export function isoSeconds(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

export function owner(call: S3Call): XmlChild {
  return [
    'Owner',
    [
      ['ID', ownerId(call)],
      ['DisplayName', 'lake'],
    ],
  ];
}

/** A canonical user id has 64 hex digits. */
export function ownerId(call: S3Call): string {
  return Buffer.from(call.context.account).toString('hex').padStart(64, '0').slice(-64);
}
