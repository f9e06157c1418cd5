import { needBucket, type S3Operation } from './call.ts';
import { deleteGuard } from './conditions.ts';

export const deleteObject: S3Operation = {
  name: 'DeleteObject',
  async run(call) {
    needBucket(call);
    await call.store.remove(call.bucket, call.key, deleteGuard(call.request.headers['if-match']));
    return { status: 204 };
  },
};
