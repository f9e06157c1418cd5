import type { XmlChild } from '../wire/xml.ts';
import { isoSeconds, needBucket, owner, ownerId, type S3Call, type S3Operation, xmlAnswer } from './call.ts';
import { maxKeys, nameEncoder } from './listing.ts';
import type { Upload } from './uploads.ts';

export const listMultipartUploads: S3Operation = {
  name: 'ListMultipartUploads',
  async run(call) {
    needBucket(call);
    const { query } = call.request;
    const encode = nameEncoder(query);
    const text = (name: string) => query.get(name) ?? '';
    const [prefix, delimiter, keyMarker, idMarker] = [
      text('prefix'),
      text('delimiter'),
      text('key-marker'),
      text('upload-id-marker'),
    ];
    const limit = maxKeys(query, 'max-uploads');
    const after = afterMarker(call.uploads.list(call.bucket), keyMarker, idMarker);
    const { uploads, prefixes, truncated } = rollUp(
      after.filter(({ key }) => key.startsWith(prefix)),
      prefix,
      delimiter,
      limit,
    );
    const last = uploads.at(-1);
    return xmlAnswer('ListMultipartUploadsResult', [
      ['Bucket', call.bucket],
      ['KeyMarker', encode(keyMarker)],
      ['UploadIdMarker', idMarker],
      truncated && last ? ['NextKeyMarker', encode(last.key)] : undefined,
      truncated && last ? ['NextUploadIdMarker', last.id] : undefined,
      ['Prefix', encode(prefix)],
      delimiter === '' ? undefined : ['Delimiter', encode(delimiter)],
      query.has('encoding-type') ? ['EncodingType', 'url'] : undefined,
      ['MaxUploads', limit],
      ['IsTruncated', truncated],
      ...uploads.map((upload) => uploadElement(call, upload, encode)),
      ...prefixes.map((name): XmlChild => ['CommonPrefixes', [['Prefix', encode(name)]]]),
    ]);
  },
};

function afterMarker(uploads: readonly Upload[], key: string, id: string): readonly Upload[] {
  if (key === '') return uploads;
  const marker = uploads.findIndex((upload) => upload.key === key && upload.id === id);
  if (marker >= 0) return uploads.slice(marker + 1);
  return uploads.filter((upload) => Buffer.compare(Buffer.from(upload.key), Buffer.from(key)) > 0);
}

function rollUp(uploads: readonly Upload[], prefix: string, delimiter: string, limit: number) {
  const shown: Upload[] = [];
  const prefixes = new Set<string>();
  for (const upload of uploads) {
    const cut = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const name = cut < 0 ? undefined : upload.key.slice(0, cut + delimiter.length);
    if (name !== undefined && prefixes.has(name)) continue;
    if (shown.length + prefixes.size >= limit) return { uploads: shown, prefixes: [...prefixes], truncated: limit > 0 };
    if (name === undefined) shown.push(upload);
    else prefixes.add(name);
  }
  return { uploads: shown, prefixes: [...prefixes], truncated: false };
}

function uploadElement(call: S3Call, upload: Upload, encode: (name: string) => string): XmlChild {
  return [
    'Upload',
    [
      ['Key', encode(upload.key)],
      ['UploadId', upload.id],
      [
        'Initiator',
        [
          ['ID', ownerId(call)],
          ['DisplayName', 'lake'],
        ],
      ],
      owner(call),
      ['StorageClass', upload.attributes.storageClass ?? 'STANDARD'],
      ['Initiated', isoSeconds(upload.started)],
      upload.checksum && ['ChecksumAlgorithm', upload.checksum.algorithm],
      upload.checksum && ['ChecksumType', upload.checksum.type],
    ],
  ];
}
