import { needBucket, type S3Operation } from './call.ts';
import { S3Error } from './errors.ts';

export const deleteBucket: S3Operation = {
  name: 'DeleteBucket',
  async run(call) {
    const { order, hidden } = needBucket(call);
    if (order.size + hidden.size > 0)
      throw new S3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
        BucketName: call.bucket,
      });
    call.uploads.abortAll(call.bucket);
    await call.store.deleteBucket(call.bucket);
    return { status: 204 };
  },
};
