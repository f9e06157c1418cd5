import type { Bucket, ReadOrder } from '../store/bucket-index.ts';
import type { Entry } from '../store/entry.ts';
import { createKeyOrder } from '../store/key-order.ts';
import type { XmlChild } from '../wire/xml.ts';
import { isoSeconds, needBucket, owner, quoted, type S3Call, type S3Operation, xmlAnswer } from './call.ts';
import { maxKeys, nameEncoder } from './listing.ts';

type Item =
  | { readonly kind: 'version'; readonly entry: Entry; readonly latest: boolean }
  | { readonly kind: 'prefix'; readonly name: string };

export const listObjectVersions: S3Operation = {
  name: 'ListObjectVersions',
  async run(call) {
    const { query } = call.request;
    const bucket = needBucket(call);
    const encode = nameEncoder(query);
    const text = (name: string) => query.get(name) ?? '';
    const [prefix, delimiter, keyMarker, idMarker] = [
      text('prefix'),
      text('delimiter'),
      text('key-marker'),
      text('version-id-marker'),
    ];
    const limit = maxKeys(query);
    const items: Item[] = [];
    for (const item of itemsAfter(bucket, prefix, delimiter, keyMarker, idMarker)) {
      items.push(item);
      if (items.length > limit) break;
    }
    const truncated = limit > 0 && items.length > limit;
    const page = items.slice(0, limit);
    const last = page.at(-1);
    return xmlAnswer('ListVersionsResult', [
      ['Name', call.bucket],
      ['Prefix', encode(prefix)],
      ['KeyMarker', encode(keyMarker)],
      ['VersionIdMarker', idMarker],
      truncated && last ? ['NextKeyMarker', encode(last.kind === 'prefix' ? last.name : last.entry.key)] : undefined,
      truncated && last?.kind === 'version' ? ['NextVersionIdMarker', last.entry.versionId] : undefined,
      ['MaxKeys', limit],
      delimiter === '' ? undefined : ['Delimiter', encode(delimiter)],
      query.has('encoding-type') ? ['EncodingType', 'url'] : undefined,
      ['IsTruncated', truncated],
      ...page.map((item) => element(call, item, encode)),
    ]);
  },
};

/** Keys in order, of each its versions from the newest on; a page goes on behind the version that ended the last. */
function* itemsAfter(
  bucket: Bucket,
  prefix: string,
  delimiter: string,
  keyMarker: string,
  idMarker: string,
): Generator<Item> {
  const order = allKeys(bucket, prefix);
  let rolledUp: string | undefined;
  for (let index = order.from(keyMarker); index < order.size; index += 1) {
    const key = order.at(index)!;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut >= 0) {
      const name = key.slice(0, cut + delimiter.length);
      if (name !== rolledUp && name !== keyMarker) yield { kind: 'prefix', name };
      rolledUp = name;
      continue;
    }
    const versions = bucket.versions(key);
    if (key === keyMarker && idMarker === '') continue;
    const seen = key === keyMarker ? versions.findIndex((entry) => entry.versionId === idMarker) + 1 : 0;
    for (const entry of versions.slice(seen)) yield { kind: 'version', entry, latest: entry === versions[0] };
  }
}

/** Keys that have an object, and keys that have only older versions. */
function allKeys({ order, hidden }: Bucket, prefix: string): ReadOrder {
  const keys = (from: ReadOrder) => {
    const start = from.from(prefix);
    return Array.from({ length: Math.max(0, from.afterPrefix(prefix) - start) }, (_, index) => from.at(start + index)!);
  };
  if (hidden.size === 0 && prefix === '') return order;
  return createKeyOrder([...keys(order), ...keys(hidden)]);
}

function element(call: S3Call, item: Item, encode: (name: string) => string): XmlChild {
  if (item.kind === 'prefix') return ['CommonPrefixes', [['Prefix', encode(item.name)]]];
  const { entry, latest } = item;
  const common: XmlChild[] = [
    ['Key', encode(entry.key)],
    ['VersionId', entry.versionId],
    ['IsLatest', latest],
    ['LastModified', isoSeconds(entry.lastModified)],
    owner(call),
  ];
  if (entry.deleteMarker) return ['DeleteMarker', common];
  return [
    'Version',
    [
      ...common,
      ['ETag', quoted(entry.etag)],
      ['Size', entry.size],
      ['StorageClass', entry.attributes.storageClass ?? 'STANDARD'],
    ],
  ];
}
