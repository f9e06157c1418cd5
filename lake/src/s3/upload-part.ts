import { rm } from 'node:fs/promises';
import { needBucket, quoted, type S3Call, type S3Operation } from './call.ts';
import { invalidArgument, noSuchUpload } from './errors.ts';
import { checksumHeaders, encryptionHeaders } from './object-headers.ts';
import { receiveBody } from './receive.ts';
import type { Upload } from './uploads.ts';

export const uploadPart: S3Operation = {
  name: 'UploadPart',
  async run(call) {
    const upload = needUpload(call);
    const number = partNumber(call);
    const { file, size, md5, checksum } = await receiveBody(
      call.request,
      call.store.temporaryFile(),
      upload.checksum?.algorithm,
    );
    try {
      needUpload(call); // it may have been aborted meanwhile
      const part = call.uploads.putPart(upload, number, file, { size, etag: md5, ...(checksum ? { checksum } : {}) });
      const headers = checksum ? checksumHeaders({ checksum }) : {};
      delete headers['x-amz-checksum-type'];
      return { status: 200, headers: { etag: quoted(part.etag), ...encryptionHeaders(upload.attributes), ...headers } };
    } finally {
      await rm(file, { force: true });
    }
  },
};

export function needUpload(call: S3Call): Upload {
  needBucket(call);
  const id = call.request.query.get('uploadId') ?? '';
  const upload = call.uploads.find(call.bucket, call.key, id);
  if (!upload) throw noSuchUpload(id);
  return upload;
}

export function partNumber(call: S3Call): number {
  const text = call.request.query.get('partNumber') ?? '';
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 10_000)
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
  return number;
}
