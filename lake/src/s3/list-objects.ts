import { needBucket, type S3Operation, xmlAnswer } from './call.ts';
import { pageElements } from './list-objects-v2.ts';
import { listPage, maxKeys, nameEncoder } from './listing.ts';

/** ListObjects, version 1: pages by marker, and names the next one only where a delimiter rolls keys up. */
export const listObjects: S3Operation = {
  name: 'ListObjects',
  async run(call) {
    const { query } = call.request;
    const bucket = needBucket(call);
    const encode = nameEncoder(query);
    const [prefix, delimiter, marker] = [
      query.get('prefix') ?? '',
      query.get('delimiter') ?? '',
      query.get('marker') ?? '',
    ];
    const limit = maxKeys(query);
    const page = listPage(bucket.order, { prefix, delimiter, after: marker, limit });
    const last = page.items.at(-1);
    return xmlAnswer('ListBucketResult', [
      ['Name', call.bucket],
      ['Prefix', encode(prefix)],
      ['Marker', encode(marker)],
      page.truncated && delimiter !== '' && last ? ['NextMarker', encode(last.name)] : undefined,
      ['MaxKeys', limit],
      delimiter === '' ? undefined : ['Delimiter', encode(delimiter)],
      query.has('encoding-type') ? ['EncodingType', 'url'] : undefined,
      ['IsTruncated', page.truncated],
      ...pageElements(call, page, encode, true),
    ]);
  },
};
