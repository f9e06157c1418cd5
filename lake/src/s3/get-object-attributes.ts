import type { XmlChild } from '../wire/xml.ts';
import { type S3Operation, xmlAnswer } from './call.ts';
import { readVerdict } from './conditions.ts';
import { needEntry } from './entry.ts';
import { invalidArgument } from './errors.ts';

const NAMES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];

export const getObjectAttributes: S3Operation = {
  name: 'GetObjectAttributes',
  async run(call) {
    const entry = needEntry(call);
    const header = call.request.headers['x-amz-object-attributes'] ?? '';
    const asked = header.split(',').map((name) => name.trim());
    const unknown = asked.find((name) => !NAMES.includes(name));
    if (unknown !== undefined)
      throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes', unknown);
    if (readVerdict(entry, call.request.headers) === 'not-modified') return { status: 304 };
    const { checksum, parts, storageClass } = entry.attributes;
    const children: XmlChild[] = [
      asked.includes('ETag') ? ['ETag', entry.etag] : undefined,
      asked.includes('Checksum') && checksum
        ? [
            'Checksum',
            [
              [`Checksum${checksum.algorithm}`, checksum.value],
              ['ChecksumType', checksum.type],
            ],
          ]
        : undefined,
      asked.includes('ObjectParts') && parts
        ? [
            'ObjectParts',
            [
              ['PartsCount', parts.length],
              ['IsTruncated', false],
            ],
          ]
        : undefined,
      asked.includes('StorageClass') ? ['StorageClass', storageClass ?? 'STANDARD'] : undefined,
      asked.includes('ObjectSize') ? ['ObjectSize', entry.size] : undefined,
    ];
    return xmlAnswer('GetObjectAttributesResponse', children, {
      'last-modified': new Date(entry.lastModified).toUTCString(),
    });
  },
};
