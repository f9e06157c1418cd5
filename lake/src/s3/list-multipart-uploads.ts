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
    const { uploads, prefixes, last, truncated } = rollUp(
      after.filter(({ key }) => key.startsWith(prefix)),
      { prefix, delimiter, keyMarker, limit },
    );
    return xmlAnswer('ListMultipartUploadsResult', [
      ['Bucket', call.bucket],
      ['KeyMarker', encode(keyMarker)],
      ['UploadIdMarker', idMarker],
      truncated ? ['NextKeyMarker', encode(last.name)] : undefined,
      truncated ? ['NextUploadIdMarker', last.id] : undefined,
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

/** Without an id the marker's own key is done with. Ids of one key are in the order of their start. */
function afterMarker(uploads: readonly Upload[], key: string, id: string): readonly Upload[] {
  if (key === '') return uploads;
  const marker = Buffer.from(key);
  return uploads.filter((upload) => {
    const order = Buffer.compare(Buffer.from(upload.key), marker);
    return order > 0 || (order === 0 && id !== '' && upload.id > id);
  });
}

interface PageRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** Where the page before ended, which may be a common prefix: what rolls up to it was told there. */
  readonly keyMarker: string;
  readonly limit: number;
}

function rollUp(uploads: readonly Upload[], { prefix, delimiter, keyMarker, limit }: PageRequest) {
  const shown: Upload[] = [];
  const prefixes: string[] = [];
  let last = { name: '', id: '' };
  for (const upload of uploads) {
    const cut = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const name = cut < 0 ? undefined : upload.key.slice(0, cut + delimiter.length);
    if (name !== undefined && (name === keyMarker || name === prefixes.at(-1))) continue;
    if (shown.length + prefixes.length >= limit) return { uploads: shown, prefixes, last, truncated: limit > 0 };
    if (name === undefined) shown.push(upload);
    else prefixes.push(name);
    last = name === undefined ? { name: upload.key, id: upload.id } : { name, id: '' };
  }
  return { uploads: shown, prefixes, last, truncated: false };
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
