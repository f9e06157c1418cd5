import { copyFile, link, rm } from 'node:fs/promises';
import type { Attributes, Entry } from '../store/entry.ts';
import { isoSeconds, needBucket, quoted, type S3Call, type S3Operation, xmlAnswer } from './call.ts';
import { type ChecksumAlgorithm, checksumAlgorithm } from './checksum.ts';
import { writeGuard } from './conditions.ts';
import { copySource } from './copy-source.ts';
import { digestRange } from './digest.ts';
import { versionHeaders } from './entry.ts';
import { invalidArgument, noSuchKey, S3Error } from './errors.ts';
import { attributesFrom, encryptionHeaders } from './object-headers.ts';

const LARGEST_COPY = 5 * 1024 ** 3;

export const copyObject: S3Operation = {
  name: 'CopyObject',
  async run(call) {
    const { store, bucket, key, request } = call;
    needBucket(call);
    const source = copySource(call);
    if (source.size > LARGEST_COPY)
      throw new S3Error(
        'InvalidRequest',
        'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
      );
    const guard = writeGuard(request.headers, key, store.head(bucket, key));
    const attributes = copiedAttributes(call, source);
    const file = store.temporaryFile();
    try {
      await linkOrCopy(source, file);
      const algorithm = wantedChecksum(request.headers['x-amz-checksum-algorithm']) ?? wholeChecksum(source);
      const { md5, checksum } = await copiedDigests(source, file, algorithm);
      const entry = await store.commit(bucket, key, file, {
        etag: md5,
        size: source.size,
        guard,
        attributes: { ...attributes, ...(checksum ? { checksum } : {}) },
      });
      return xmlAnswer(
        'CopyObjectResult',
        [
          ['LastModified', isoSeconds(entry.lastModified)],
          ['ETag', quoted(entry.etag)],
          checksum && [`Checksum${checksum.algorithm}`, checksum.value],
          checksum && ['ChecksumType', checksum.type],
        ],
        { ...encryptionHeaders(entry.attributes), ...copyVersions(call, source, entry) },
      );
    } finally {
      await rm(file, { force: true });
    }
  },
};

function copyVersions(call: S3Call, source: Entry, entry: Entry): Record<string, string> {
  const from = versionHeaders(call.store.bucket(source.bucket)!, source)['x-amz-version-id'];
  return { ...versionHeaders(needBucket(call), entry), ...(from ? { 'x-amz-copy-source-version-id': from } : {}) };
}

function copiedAttributes(call: S3Call, source: Entry): Attributes {
  const { headers } = call.request;
  const metadata = directive(headers['x-amz-metadata-directive'], 'x-amz-metadata-directive');
  const tagging = directive(headers['x-amz-tagging-directive'], 'x-amz-tagging-directive');
  const given = attributesFrom(headers);
  const self = source.bucket === call.bucket && source.key === call.key;
  const changes =
    source !== call.store.head(call.bucket, call.key) ||
    metadata === 'REPLACE' ||
    tagging === 'REPLACE' ||
    given.storageClass ||
    given.encryption ||
    headers['x-amz-checksum-algorithm'];
  if (self && !changes)
    throw new S3Error(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  const described = metadata === 'REPLACE' ? given : source.attributes;
  const tags = tagging === 'REPLACE' ? given.tags : source.attributes.tags;
  return {
    ...(described.contentType === undefined ? {} : { contentType: described.contentType }),
    ...(described.metadata ? { metadata: described.metadata } : {}),
    ...(described.headers ? { headers: described.headers } : {}),
    ...(tags ? { tags } : {}),
    ...(given.storageClass ? { storageClass: given.storageClass } : {}),
    ...(given.encryption ? { encryption: given.encryption } : {}),
  };
}

function directive(value: string | undefined, name: string): 'COPY' | 'REPLACE' {
  if (value === undefined || value === 'COPY') return 'COPY';
  if (value === 'REPLACE') return value;
  throw invalidArgument('Unknown metadata directive.', name, value);
}

function wantedChecksum(name: string | undefined): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined;
  const algorithm = checksumAlgorithm(name);
  if (!algorithm)
    throw new S3Error(
      'InvalidRequest',
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  return algorithm;
}

function wholeChecksum(source: Entry): ChecksumAlgorithm | undefined {
  const { checksum } = source.attributes;
  return checksum && checksumAlgorithm(checksum.algorithm);
}

/** A copy is one piece, whatever its source was: a multipart ETag or a composite checksum is worked out anew. */
async function copiedDigests(source: Entry, file: string, algorithm: ChecksumAlgorithm | undefined) {
  const { checksum } = source.attributes;
  const same = algorithm === undefined || (checksum?.algorithm === algorithm && checksum.type === 'FULL_OBJECT');
  if (same && !source.etag.includes('-')) return { md5: source.etag, checksum: algorithm && checksum };
  return digestRange(file, 0, source.size - 1, algorithm);
}

/** Files of the store are never written again once they are named, so two objects may share one. */
async function linkOrCopy({ path, key }: Entry, file: string): Promise<void> {
  try {
    await link(path, file);
  } catch {
    await copyFile(path, file).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? noSuchKey(key) : error; // deleted meanwhile
    });
  }
}
