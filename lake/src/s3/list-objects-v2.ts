import type { XmlChild } from '../wire/xml.ts';
import { isoSeconds, needBucket, owner, quoted, type S3Call, type S3Operation, xmlAnswer } from './call.ts';
import { invalidArgument } from './errors.ts';
import { listPage, maxKeys, nameEncoder, type Page } from './listing.ts';

export const listObjectsV2: S3Operation = {
  name: 'ListObjectsV2',
  async run(call) {
    const { query } = call.request;
    const bucket = needBucket(call);
    const encode = nameEncoder(query);
    const [prefix, delimiter, startAfter] = [
      query.get('prefix') ?? '',
      query.get('delimiter') ?? '',
      query.get('start-after') ?? '',
    ];
    const token = query.get('continuation-token');
    const limit = maxKeys(query);
    const page = listPage(bucket.order, {
      prefix,
      delimiter,
      after: token === undefined ? startAfter : readToken(token),
      limit,
    });
    const last = page.items.at(-1);
    return xmlAnswer('ListBucketResult', [
      ['Name', call.bucket],
      ['Prefix', encode(prefix)],
      token === undefined ? undefined : ['ContinuationToken', token],
      page.truncated && last ? ['NextContinuationToken', makeToken(last.name)] : undefined,
      startAfter === '' ? undefined : ['StartAfter', encode(startAfter)],
      ['KeyCount', page.items.length],
      ['MaxKeys', limit],
      delimiter === '' ? undefined : ['Delimiter', encode(delimiter)],
      query.has('encoding-type') ? ['EncodingType', 'url'] : undefined,
      ['IsTruncated', page.truncated],
      ...pageElements(call, page, encode, query.get('fetch-owner') === 'true'),
    ]);
  },
};

export function pageElements(
  call: S3Call,
  page: Page,
  encode: (name: string) => string,
  withOwner: boolean,
): XmlChild[] {
  const contents = page.items.flatMap(({ kind, name }): XmlChild[] => {
    const entry = kind === 'key' ? call.store.head(call.bucket, name) : undefined;
    if (!entry) return [];
    const { checksum, storageClass } = entry.attributes;
    return [
      [
        'Contents',
        [
          ['Key', encode(name)],
          ['LastModified', isoSeconds(entry.lastModified)],
          ['ETag', quoted(entry.etag)],
          checksum && ['ChecksumAlgorithm', checksum.algorithm],
          checksum && ['ChecksumType', checksum.type],
          ['Size', entry.size],
          withOwner ? owner(call) : undefined,
          ['StorageClass', storageClass ?? 'STANDARD'],
        ],
      ],
    ];
  });
  const prefixes = page.items.flatMap(({ kind, name }): XmlChild[] =>
    kind === 'prefix' ? [['CommonPrefixes', [['Prefix', encode(name)]]]] : [],
  );
  return [...contents, ...prefixes];
}

// Opaque to clients, as S3's are; it says where the page before ended.
function makeToken(name: string): string {
  return Buffer.from(`1${name}`).toString('base64url');
}

function readToken(token: string): string {
  const text = /^[A-Za-z0-9_-]+$/.test(token) ? Buffer.from(token, 'base64url').toString() : '';
  if (!text.startsWith('1'))
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  return text.slice(1);
}
