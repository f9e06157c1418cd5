import { rm } from 'node:fs/promises';
import { needBucket, type S3Operation } from './call.ts';
import { writeGuard } from './conditions.ts';
import { versionHeaders } from './entry.ts';
import { attributesFrom, writtenHeaders } from './object-headers.ts';
import { receiveBody } from './receive.ts';

export const putObject: S3Operation = {
  name: 'PutObject',
  async run(call) {
    const { request, bucket, key, store } = call;
    needBucket(call);
    const guard = writeGuard(request.headers, key, store.head(bucket, key));
    const attributes = attributesFrom(request.headers);
    const { file, size, md5, checksum } = await receiveBody(request, store.temporaryFile());
    try {
      needBucket(call); // it may have been deleted meanwhile
      const entry = await store.commit(bucket, key, file, {
        etag: md5,
        size,
        guard,
        attributes: { ...attributes, ...(checksum ? { checksum } : {}) },
      });
      return { status: 200, headers: { ...writtenHeaders(entry), ...versionHeaders(needBucket(call), entry) } };
    } finally {
      await rm(file, { force: true });
    }
  },
};
