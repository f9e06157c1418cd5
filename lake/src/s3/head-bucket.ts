import { needBucket, type S3Operation } from './call.ts';

export const headBucket: S3Operation = {
  name: 'HeadBucket',
  async run(call) {
    needBucket(call);
    return { status: 200, headers: { 'x-amz-bucket-region': call.context.region, 'content-type': 'application/xml' } };
  },
};
