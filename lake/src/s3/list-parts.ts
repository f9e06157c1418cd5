import { isoSeconds, owner, ownerId, quoted, type S3Operation, xmlAnswer } from './call.ts';
import { invalidArgument } from './errors.ts';
import { maxKeys } from './listing.ts';
import { needUpload } from './upload-part.ts';

export const listParts: S3Operation = {
  name: 'ListParts',
  async run(call) {
    const upload = needUpload(call);
    const marker = markerOf(call.request.query.get('part-number-marker'));
    const limit = maxKeys(call.request.query, 'max-parts');
    const rest = call.uploads.parts(upload).filter((part) => part.number > marker);
    const page = rest.slice(0, limit);
    const truncated = limit > 0 && rest.length > page.length;
    return xmlAnswer('ListPartsResult', [
      ['Bucket', call.bucket],
      ['Key', call.key],
      ['UploadId', upload.id],
      ['PartNumberMarker', marker],
      truncated ? ['NextPartNumberMarker', page.at(-1)?.number ?? marker] : undefined,
      ['MaxParts', limit],
      ['IsTruncated', truncated],
      ...page.map(
        (part) =>
          [
            'Part',
            [
              ['PartNumber', part.number],
              ['LastModified', isoSeconds(part.modified)],
              ['ETag', quoted(part.etag)],
              ['Size', part.size],
              part.checksum && ([`Checksum${part.checksum.algorithm}`, part.checksum.value] as const),
            ],
          ] as const,
      ),
      [
        'Initiator',
        [
          ['ID', ownerId(call)],
          ['DisplayName', 'lake'],
        ],
      ],
      owner(call),
      ['StorageClass', upload.attributes.storageClass ?? 'STANDARD'],
      upload.checksum && ['ChecksumAlgorithm', upload.checksum.algorithm],
      upload.checksum && ['ChecksumType', upload.checksum.type],
    ]);
  },
};

function markerOf(text: string | undefined): number {
  if (!/^\d{0,9}$/.test(text ?? ''))
    throw invalidArgument(
      'Provided part-number-marker not an integer or within integer range',
      'part-number-marker',
      text!,
    );
  return Number(text ?? 0);
}
