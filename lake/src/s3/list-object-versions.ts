import type { XmlChild } from '../wire/xml.ts';
import { isoSeconds, needBucket, owner, quoted, type S3Operation, xmlAnswer } from './call.ts';
import { listPage, maxKeys, nameEncoder } from './listing.ts';

/** The store keeps one version of an object, which goes by the name `null`, as in a bucket without versioning. */
export const listObjectVersions: S3Operation = {
  name: 'ListObjectVersions',
  async run(call) {
    const { query } = call.request;
    const bucket = needBucket(call);
    const encode = nameEncoder(query);
    const [prefix, delimiter, marker] = [
      query.get('prefix') ?? '',
      query.get('delimiter') ?? '',
      query.get('key-marker') ?? '',
    ];
    const limit = maxKeys(query);
    const page = listPage(bucket.order, { prefix, delimiter, after: marker, limit });
    const last = page.items.at(-1);
    const items = page.items.flatMap(({ kind, name }): XmlChild[] => {
      if (kind === 'prefix') return [['CommonPrefixes', [['Prefix', encode(name)]]]];
      const entry = call.store.head(call.bucket, name);
      if (!entry) return [];
      return [
        [
          'Version',
          [
            ['Key', encode(name)],
            ['VersionId', 'null'],
            ['IsLatest', true],
            ['LastModified', isoSeconds(entry.lastModified)],
            ['ETag', quoted(entry.etag)],
            ['Size', entry.size],
            owner(call),
            ['StorageClass', entry.attributes.storageClass ?? 'STANDARD'],
          ],
        ],
      ];
    });
    return xmlAnswer('ListVersionsResult', [
      ['Name', call.bucket],
      ['Prefix', encode(prefix)],
      ['KeyMarker', encode(marker)],
      ['VersionIdMarker', query.get('version-id-marker') ?? ''],
      page.truncated && last ? ['NextKeyMarker', encode(last.name)] : undefined,
      page.truncated && last ? ['NextVersionIdMarker', 'null'] : undefined,
      ['MaxKeys', limit],
      delimiter === '' ? undefined : ['Delimiter', encode(delimiter)],
      query.has('encoding-type') ? ['EncodingType', 'url'] : undefined,
      ['IsTruncated', page.truncated],
      ...items,
    ]);
  },
};
