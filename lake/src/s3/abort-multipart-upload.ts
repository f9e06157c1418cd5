import type { S3Operation } from './call.ts';
import { needUpload } from './upload-part.ts';

export const abortMultipartUpload: S3Operation = {
  name: 'AbortMultipartUpload',
  async run(call) {
    call.uploads.remove(needUpload(call));
    return { status: 204 };
  },
};
