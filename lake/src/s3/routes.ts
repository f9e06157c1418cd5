import type { Request } from '../wire/http.ts';
import { abortMultipartUpload } from './abort-multipart-upload.ts';
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './acl.ts';
import type { S3Address } from './address.ts';
import {
  deleteBucketSetting,
  getBucketLocation,
  getBucketPolicyStatus,
  getBucketSetting,
  putBucketSetting,
} from './bucket-setting.ts';
import { BUCKET_SETTINGS, type BucketSetting } from './bucket-settings.ts';
import type { S3Operation } from './call.ts';
import { completeMultipartUpload } from './complete-multipart-upload.ts';
import { copyObject } from './copy-object.ts';
import { createBucket } from './create-bucket.ts';
import { createMultipartUpload } from './create-multipart-upload.ts';
import { deleteBucket } from './delete-bucket.ts';
import { deleteObject } from './delete-object.ts';
import { deleteObjects } from './delete-objects.ts';
import { notImplemented, S3Error } from './errors.ts';
import { getObject } from './get-object.ts';
import { getObjectAttributes } from './get-object-attributes.ts';
import { headBucket } from './head-bucket.ts';
import { headObject } from './head-object.ts';
import { listBuckets } from './list-buckets.ts';
import { listMultipartUploads } from './list-multipart-uploads.ts';
import { listObjectVersions } from './list-object-versions.ts';
import { listObjects } from './list-objects.ts';
import { listObjectsV2 } from './list-objects-v2.ts';
import { listParts } from './list-parts.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './object-tagging.ts';
import { putObject } from './put-object.ts';
import { uploadPart } from './upload-part.ts';
import { uploadPartCopy } from './upload-part-copy.ts';

type Scope = 'service' | 'bucket' | 'object';

interface Route {
  readonly method: string;
  readonly scope: Scope;
  /** Query parameters that must be there; `name=value` also asks for the value. */
  readonly query?: readonly string[];
  readonly header?: string;
  readonly operation: S3Operation;
}

/** The first that fits is taken, so the ones that ask for more come first. */
const ROUTES: readonly Route[] = [
  { method: 'GET', scope: 'service', operation: listBuckets },

  ...BUCKET_SETTINGS.flatMap(settingRoutes),
  { method: 'GET', scope: 'bucket', query: ['location'], operation: getBucketLocation },
  { method: 'GET', scope: 'bucket', query: ['policyStatus'], operation: getBucketPolicyStatus },
  { method: 'GET', scope: 'bucket', query: ['acl'], operation: getBucketAcl },
  { method: 'PUT', scope: 'bucket', query: ['acl'], operation: putBucketAcl },
  { method: 'GET', scope: 'bucket', query: ['uploads'], operation: listMultipartUploads },
  { method: 'GET', scope: 'bucket', query: ['versions'], operation: listObjectVersions },
  { method: 'GET', scope: 'bucket', query: ['list-type=2'], operation: listObjectsV2 },
  { method: 'GET', scope: 'bucket', operation: listObjects },
  { method: 'HEAD', scope: 'bucket', operation: headBucket },
  { method: 'PUT', scope: 'bucket', operation: createBucket },
  { method: 'DELETE', scope: 'bucket', operation: deleteBucket },
  { method: 'POST', scope: 'bucket', query: ['delete'], operation: deleteObjects },

  { method: 'GET', scope: 'object', query: ['tagging'], operation: getObjectTagging },
  { method: 'PUT', scope: 'object', query: ['tagging'], operation: putObjectTagging },
  { method: 'DELETE', scope: 'object', query: ['tagging'], operation: deleteObjectTagging },
  { method: 'GET', scope: 'object', query: ['acl'], operation: getObjectAcl },
  { method: 'PUT', scope: 'object', query: ['acl'], operation: putObjectAcl },
  { method: 'GET', scope: 'object', query: ['attributes'], operation: getObjectAttributes },
  { method: 'POST', scope: 'object', query: ['uploads'], operation: createMultipartUpload },
  { method: 'POST', scope: 'object', query: ['uploadId'], operation: completeMultipartUpload },
  { method: 'GET', scope: 'object', query: ['uploadId'], operation: listParts },
  { method: 'DELETE', scope: 'object', query: ['uploadId'], operation: abortMultipartUpload },
  {
    method: 'PUT',
    scope: 'object',
    query: ['uploadId', 'partNumber'],
    header: 'x-amz-copy-source',
    operation: uploadPartCopy,
  },
  { method: 'PUT', scope: 'object', query: ['uploadId', 'partNumber'], operation: uploadPart },
  { method: 'PUT', scope: 'object', header: 'x-amz-copy-source', operation: copyObject },
  { method: 'GET', scope: 'object', operation: getObject },
  { method: 'HEAD', scope: 'object', operation: headObject },
  { method: 'PUT', scope: 'object', operation: putObject },
  { method: 'DELETE', scope: 'object', operation: deleteObject },
];

function settingRoutes(setting: BucketSetting): readonly Route[] {
  const route = { scope: 'bucket', query: [setting.query] } as const;
  return [
    { ...route, method: 'GET', operation: getBucketSetting(setting) },
    { ...route, method: 'PUT', operation: putBucketSetting(setting) },
    ...(setting.deletable ? [{ ...route, method: 'DELETE', operation: deleteBucketSetting(setting) }] : []),
  ];
}

/** Sub-resources of S3 that have no route here: to take them for the plain operation would be a wrong answer. */
const SUBRESOURCES: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'analytics',
  'annotation',
  'attributes',
  'cors',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metadataConfiguration',
  'metadataTable',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'renameObject',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'session',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);

/** Operations that may name a version. */
const VERSIONED: ReadonlySet<S3Operation> = new Set([
  getObject,
  headObject,
  deleteObject,
  getObjectTagging,
  putObjectTagging,
  deleteObjectTagging,
  getObjectAcl,
  putObjectAcl,
  getObjectAttributes,
]);

export function findOperation(request: Request, address: S3Address): S3Operation {
  const scope: Scope = address.bucket === '' ? 'service' : address.key === '' ? 'bucket' : 'object';
  const method = request.method;
  const route = ROUTES.find((one) => one.method === method && one.scope === scope && fits(one, request));
  const named = new Set((route?.query ?? []).map((text) => text.split('=')[0]));
  if (route && VERSIONED.has(route.operation)) named.add('versionId');
  const unknown = [...request.query.keys()].find((name) => SUBRESOURCES.has(name) && !named.has(name));
  if (unknown) throw notImplemented(`${method} with ?${unknown}`);
  if (!route)
    throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
      Method: method,
      ResourceType: scope.toUpperCase(),
    });
  return route.operation;
}

function fits(route: Route, request: Request): boolean {
  if (route.header !== undefined && request.headers[route.header] === undefined) return false;
  return (route.query ?? []).every((text) => {
    const [name, value] = text.split('=') as [string, string | undefined];
    return value === undefined ? request.query.has(name) : request.query.get(name) === value;
  });
}
