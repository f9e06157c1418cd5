import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { EntryFailure, ObjectInfo, PutCondition, S3Port } from '../core/model/ports.ts';
import { type AwsCall, inBatches } from './aws.ts';
import { isFault } from './fault.ts';

type At = (bucket: string) => { Bucket: string; ExpectedBucketOwner?: string };

/** S3 over the SDK. `owner` is asserted as every bucket's owner, so that a bucket name that changed hands is refused. */
export function s3Port(client: S3Client, call: AwsCall, owner: string | undefined): S3Port {
  const at: At = (bucket) =>
    owner === undefined ? { Bucket: bucket } : { Bucket: bucket, ExpectedBucketOwner: owner };
  return { ...readCalls(client, call, at), ...writeCalls(client, call, at) };
}

function readCalls(client: S3Client, call: AwsCall, at: At): Pick<S3Port, 'list' | 'head' | 'get'> {
  return {
    list: (bucket, prefix) => listObjects(client, call, { ...at(bucket), Prefix: prefix }),
    head: (bucket, key) =>
      unlessMissing(
        call('s3:HeadObject', async () => {
          const answer = await client.send(new HeadObjectCommand({ ...at(bucket), Key: key }));
          return info(key, answer.ContentLength, answer.ETag, answer.LastModified);
        }),
      ),
    get: (bucket, key, options = {}) =>
      unlessMissing(
        call('s3:GetObject', async () => {
          const range = options.first === undefined ? {} : { Range: `bytes=0-${options.first - 1}` };
          const answer = await client.send(new GetObjectCommand({ ...at(bucket), Key: key, ...range }));
          const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
          return { body, etag: bare(answer.ETag) };
        }),
      ),
  };
}

function writeCalls(client: S3Client, call: AwsCall, at: At): Pick<S3Port, 'put' | 'delete'> {
  const put: S3Port['put'] = async (bucket, key, body, options = {}) => {
    const type = options.contentType === undefined ? {} : { ContentType: options.contentType };
    const write = { ...at(bucket), Key: key, Body: body, ...conditionOf(options.condition), ...type };
    try {
      return await call('s3:PutObject', async () => bare((await client.send(new PutObjectCommand(write))).ETag));
    } catch (error) {
      if (options.condition !== undefined && conditionFailed(error)) return undefined;
      throw error;
    }
  };
  const keyOf = (key: string): readonly string[] => [key];
  return {
    put,
    delete: (bucket, keys) =>
      inBatches(keys, 1000, keyOf, (part) =>
        call('s3:DeleteObjects', async () => {
          const Delete = { Objects: part.map((key) => ({ Key: key })), Quiet: true };
          const { Errors = [] } = await client.send(new DeleteObjectsCommand({ ...at(bucket), Delete }));
          return Errors.map(
            (error): EntryFailure => ({
              values: [error.Key ?? ''],
              code: error.Code ?? 'UnknownError',
              message: error.Message ?? '',
            }),
          );
        }),
      ),
  };
}

async function* listObjects(
  client: S3Client,
  call: AwsCall,
  asked: { Bucket: string; Prefix: string; ExpectedBucketOwner?: string },
): AsyncIterable<ObjectInfo> {
  // Paged by hand: a generator that threw is at its end, so a second try of it would silently leave pages out.
  let token: string | undefined;
  do {
    const next = token;
    const page = await call('s3:ListObjectsV2', () =>
      client.send(new ListObjectsV2Command({ ...asked, ...(next === undefined ? {} : { ContinuationToken: next }) })),
    );
    for (const entry of page.Contents ?? []) {
      yield info(entry.Key ?? '', entry.Size, entry.ETag, entry.LastModified);
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

function info(key: string, size: number | undefined, etag: string | undefined, modified: Date | undefined): ObjectInfo {
  return { key, size: size ?? 0, etag: bare(etag), lastModified: modified?.toISOString() ?? '' };
}

/** ETags come in quotes; they are kept without and get them back where S3 wants them. */
function bare(etag: string | undefined): string {
  return (etag ?? '').replace(/^"|"$/g, '');
}

function conditionOf(condition: PutCondition | undefined): { IfNoneMatch?: string; IfMatch?: string } {
  if (condition === undefined) return {};
  return 'ifNoneMatch' in condition ? { IfNoneMatch: '*' } : { IfMatch: `"${condition.ifMatch}"` };
}

/** 412, or 409 while another conditional write of the key is under way; If-Match on a key that is gone gives 404. */
function conditionFailed(error: unknown): boolean {
  return isFault(error, 'conflict') || (isFault(error, 'not-found') && error.code === 'NoSuchKey');
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    // A missing bucket is a mistake of the set-up, not a missing object.
    if (isFault(error, 'not-found') && error.code !== 'NoSuchBucket') return undefined;
    throw error;
  }
}
