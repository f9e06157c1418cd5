import type { Attributes, Entry } from '../store/entry.ts';
import type { Answer, Request } from '../wire/http.ts';
import { quoted } from './call.ts';
import { checksumHeader } from './checksum.ts';
import { invalidArgument, notImplemented, S3Error } from './errors.ts';
import { asHeader } from './header-value.ts';

const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
];
const ENCRYPTION_HEADERS = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
];
const LARGEST_METADATA = 2048;
const LARGEST_SECTION = 8192;

/** What a PUT, a copy or a multipart upload says of the object that it makes. */
export function attributesFrom(headers: Request['headers']): Attributes {
  refuseUnsupported(headers);
  const metadata = userMetadata(headers);
  const kept = pick(headers, KEPT_HEADERS);
  checkSection({ ...kept, 'content-type': headers['content-type'] ?? '' });
  const encoding = kept['content-encoding']
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name && name !== 'aws-chunked')
    .join(',');
  if (encoding === '') delete kept['content-encoding'];
  else if (encoding !== undefined) kept['content-encoding'] = encoding;
  const encryption = pick(headers, ENCRYPTION_HEADERS);
  const tagging = headers['x-amz-tagging'];
  const storageClass = headers['x-amz-storage-class'];
  return {
    ...(headers['content-type'] ? { contentType: headers['content-type'] } : {}),
    ...(Object.keys(metadata).length ? { metadata } : {}),
    ...(Object.keys(kept).length ? { headers: kept } : {}),
    ...(Object.keys(encryption).length ? { encryption } : {}),
    ...(tagging ? { tags: parseTagging(tagging) } : {}),
    ...(storageClass && storageClass !== 'STANDARD' ? { storageClass } : {}),
  };
}

/** S3 takes 8 KB of headers; what is kept comes back in answers, and clients have such limits too. */
function checkSection(kept: Readonly<Record<string, string>>): void {
  const size = Object.entries(kept).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > LARGEST_SECTION)
    throw new S3Error(
      'RequestHeaderSectionTooLarge',
      'Your request header section exceeds the maximum allowed size',
      400,
      { MaxSizeAllowed: String(LARGEST_SECTION) },
    );
}

function pick(headers: Request['headers'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])));
}

// Node hands headers over as Latin-1; clients send UTF-8 bytes, and get them back the same way.
function userMetadata(headers: Request['headers']): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('x-amz-meta-')) continue;
    const bare = name.slice('x-amz-meta-'.length);
    metadata[bare] = value;
    size += bare.length + value.length;
  }
  if (size > LARGEST_METADATA)
    throw new S3Error('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', 400, {
      Size: String(size),
      MaxSizeAllowed: String(LARGEST_METADATA),
    });
  return metadata;
}

const PRIVATE_ACLS = ['private', 'bucket-owner-full-control', 'bucket-owner-read'];
const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
  'EXPRESS_ONEZONE',
];

function refuseUnsupported(headers: Request['headers']): void {
  const acl = headers['x-amz-acl'];
  if ((acl && !PRIVATE_ACLS.includes(acl)) || Object.keys(headers).some((name) => name.startsWith('x-amz-grant-')))
    throw new S3Error('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  const storageClass = headers['x-amz-storage-class'];
  if (storageClass && !STORAGE_CLASSES.includes(storageClass))
    throw new S3Error('InvalidStorageClass', 'The storage class you specified is not valid', 400, {
      StorageClassRequested: storageClass,
    });
  for (const name of Object.keys(headers)) {
    if (name.startsWith('x-amz-server-side-encryption-customer-'))
      throw notImplemented('encryption with customer-provided keys');
    if (name.startsWith('x-amz-object-lock-'))
      throw new S3Error('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  }
}

/** `x-amz-tagging` has the form of a URL query. */
export function parseTagging(text: string): Record<string, string> {
  const pairs = [...new URLSearchParams(text)];
  return checkedTags(pairs);
}

export function checkedTags(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  if (pairs.length > 10) throw new S3Error('BadRequest', 'Object tags cannot be greater than 10');
  const tags: Record<string, string> = {};
  for (const [name, value] of pairs) {
    if (name === '' || name.length > 128) throw new S3Error('InvalidTag', 'The TagKey you have provided is invalid');
    if (value.length > 256) throw new S3Error('InvalidTag', 'The TagValue you have provided is invalid');
    if (Object.hasOwn(tags, name))
      throw invalidArgument('Cannot provide multiple Tags with the same key', 'x-amz-tagging', name);
    Object.defineProperty(tags, name, { value, enumerable: true });
  }
  return tags;
}

/** Response headers of GET and HEAD. */
export function objectHeaders(entry: Entry, request: Request): Record<string, string | number> {
  const { attributes } = entry;
  const headers: Record<string, string | number> = {
    'accept-ranges': 'bytes',
    'content-type': entry.contentType,
    etag: quoted(entry.etag),
    'last-modified': new Date(entry.lastModified).toUTCString(),
    ...attributes.headers,
    ...encryptionHeaders(attributes),
  };
  for (const [name, value] of Object.entries(entry.metadata)) headers[`x-amz-meta-${name}`] = value;
  if (attributes.storageClass) headers['x-amz-storage-class'] = attributes.storageClass;
  const tagCount = Object.keys(attributes.tags ?? {}).length;
  if (tagCount) headers['x-amz-tagging-count'] = tagCount;
  if (request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED')
    Object.assign(headers, checksumHeaders(attributes));
  for (const name of [
    'cache-control',
    'content-disposition',
    'content-encoding',
    'content-language',
    'content-type',
    'expires',
  ]) {
    const asked = request.query.get(`response-${name}`);
    if (asked !== undefined) headers[name] = asHeader(`response-${name}`, asked);
  }
  return headers;
}

export function checksumHeaders({ checksum }: Attributes): Record<string, string> {
  return checksum ? { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type } : {};
}

/** S3 encrypts everything at rest: where nothing was asked for it says AES256. */
export function encryptionHeaders({ encryption }: Attributes): Readonly<Record<string, string>> {
  return encryption ?? { 'x-amz-server-side-encryption': 'AES256' };
}

/** What the answer to a write says of the object. */
export function writtenHeaders(entry: Entry): NonNullable<Answer['headers']> {
  return { etag: quoted(entry.etag), ...encryptionHeaders(entry.attributes), ...checksumHeaders(entry.attributes) };
}
