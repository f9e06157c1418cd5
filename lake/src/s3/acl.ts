import { xmlText } from './body.ts';
import { needBucket, owner, ownerId, type S3Call, type S3Operation, xmlAnswer } from './call.ts';
import { needEntry } from './entry.ts';
import { S3Error } from './errors.ts';

// Buckets are made with ACLs off, as on AWS since 2023: the owner has full control, and nothing else can be set.

export const getBucketAcl: S3Operation = {
  name: 'GetBucketAcl',
  async run(call) {
    needBucket(call);
    return ownersAcl(call);
  },
};

export const getObjectAcl: S3Operation = {
  name: 'GetObjectAcl',
  async run(call) {
    needEntry(call);
    return ownersAcl(call);
  },
};

export const putBucketAcl: S3Operation = {
  name: 'PutBucketAcl',
  async run(call) {
    needBucket(call);
    return acceptOwnersAcl(call);
  },
};

export const putObjectAcl: S3Operation = {
  name: 'PutObjectAcl',
  async run(call) {
    needEntry(call);
    return acceptOwnersAcl(call);
  },
};

function ownersAcl(call: S3Call) {
  const grantee = 'Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"';
  return xmlAnswer('AccessControlPolicy', [
    owner(call),
    [
      'AccessControlList',
      [
        [
          'Grant',
          [
            [
              grantee,
              [
                ['ID', ownerId(call)],
                ['DisplayName', 'lake'],
              ],
            ],
            ['Permission', 'FULL_CONTROL'],
          ],
        ],
      ],
    ],
  ]);
}

async function acceptOwnersAcl(call: S3Call) {
  const text = await xmlText(call.request);
  const acl = call.request.headers['x-amz-acl'];
  const grants = Object.keys(call.request.headers).some((name) => name.startsWith('x-amz-grant-'));
  const harmless = text.trim() === '' && !grants && (acl === 'private' || acl === 'bucket-owner-full-control');
  if (!harmless) throw new S3Error('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  return { status: 200 };
}
