import { isBucketName } from '../store/bucket-name.ts';
import { readBody } from '../wire/http.ts';
import { parseXml, textOf } from '../wire/xml.ts';
import { openedBody } from './body.ts';
import type { S3Operation } from './call.ts';
import { malformedXml, S3Error } from './errors.ts';

export const createBucket: S3Operation = {
  name: 'CreateBucket',
  async run({ bucket, request, store, context }) {
    if (!isBucketName(bucket))
      throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: bucket });
    const text = (await readBody(openedBody(request), 65_536, malformedXml)).toString();
    const place =
      text.trim() === '' ? undefined : textOf(parseXml(text, 'CreateBucketConfiguration'), 'LocationConstraint');
    if (store.hasBucket(bucket)) {
      // Only us-east-1 lets its owner create a bucket again.
      if (context.region !== 'us-east-1' && place)
        throw new S3Error(
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          409,
          { BucketName: bucket },
        );
    } else await store.createBucket(bucket);
    return { status: 200, headers: { location: `/${bucket}` } };
  },
};
