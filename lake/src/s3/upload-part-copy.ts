import { rm } from 'node:fs/promises';
import { isoSeconds, quoted, type S3Call, type S3Operation, xmlAnswer } from './call.ts';
import { copySource } from './copy-source.ts';
import { concatenate } from './digest.ts';
import { invalidArgument, noSuchKey } from './errors.ts';
import { encryptionHeaders } from './object-headers.ts';
import { needUpload, partNumber } from './upload-part.ts';

export const uploadPartCopy: S3Operation = {
  name: 'UploadPartCopy',
  async run(call) {
    const upload = needUpload(call);
    const number = partNumber(call);
    const source = copySource(call);
    const { start, end } = copyRange(call, source.size);
    const file = call.store.temporaryFile();
    try {
      const { md5, checksum, size } = await concatenate(
        file,
        [{ file: source.path, start, end }],
        upload.checksum?.algorithm,
      ).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? noSuchKey(source.key) : error; // deleted meanwhile
      });
      needUpload(call);
      const part = call.uploads.putPart(upload, number, file, { size, etag: md5, ...(checksum ? { checksum } : {}) });
      return xmlAnswer(
        'CopyPartResult',
        [
          ['LastModified', isoSeconds(part.modified)],
          ['ETag', quoted(part.etag)],
          checksum && [`Checksum${checksum.algorithm}`, checksum.value],
        ],
        encryptionHeaders(upload.attributes),
      );
    } finally {
      await rm(file, { force: true });
    }
  },
};

/** Unlike a GET's range it must be `bytes=first-last`, and inside the source. */
function copyRange(call: S3Call, size: number): { start: number; end: number } {
  const header = call.request.headers['x-amz-copy-source-range'];
  if (header === undefined) return { start: 0, end: size - 1 };
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  if (!match || Number(match[1]) > Number(match[2]))
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      header,
    );
  if (Number(match[2]) >= size)
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      'x-amz-copy-source-range',
      header,
    );
  return { start: Number(match[1]), end: Number(match[2]) };
}
