import { S3_NAMESPACE } from './call.ts';

/** What a bucket answers of a sub-resource, and which values of it this lake can hold without telling untruths. */
export interface BucketSetting {
  /** The name in the query, which is also the name that it is stored by. */
  readonly query: string;
  /** The middle of the operations' names: Get<noun>, Put<noun>, Delete<noun>. */
  readonly noun: string;
  /** Root element of the XML; 'json' for the policy. */
  readonly root: string;
  /** The answer where nothing was put. */
  readonly missing:
    | { readonly kind: 'error'; readonly code: string; readonly message: string }
    | { readonly kind: 'default'; readonly xml: string };
  /** Kept and answered; nothing here acts on it, and where that matters `acts` says which values must be refused. */
  readonly refuse?: { readonly pattern: RegExp; readonly what: string };
  /** What a value must hold beside its root. */
  readonly needs?: RegExp;
  readonly deletable: boolean;
  /** Status of a successful PUT; 200 where left out. */
  readonly putStatus?: 204;
}

function empty(root: string, inner = ''): BucketSetting['missing'] {
  return {
    kind: 'default',
    xml: `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${S3_NAMESPACE}">${inner}</${root}>`,
  };
}

function error(code: string, message: string): BucketSetting['missing'] {
  return { kind: 'error', code, message };
}

/** Lifecycle, policy, public access block and encryption are settings alone: nothing expires, nobody is refused. */
export const BUCKET_SETTINGS: readonly BucketSetting[] = [
  {
    query: 'versioning',
    noun: 'BucketVersioning',
    root: 'VersioningConfiguration',
    missing: empty('VersioningConfiguration'),
    refuse: { pattern: /<MfaDelete>\s*Enabled/, what: 'MFA delete' },
    needs: /<Status>\s*(Enabled|Suspended)\s*</,
    deletable: false,
  },
  {
    query: 'policy',
    noun: 'BucketPolicy',
    root: 'json',
    missing: error('NoSuchBucketPolicy', 'The bucket policy does not exist'),
    deletable: true,
    putStatus: 204,
  },
  {
    query: 'publicAccessBlock',
    noun: 'PublicAccessBlock',
    root: 'PublicAccessBlockConfiguration',
    missing: error('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'),
    deletable: true,
  },
  {
    query: 'lifecycle',
    noun: 'BucketLifecycleConfiguration',
    root: 'LifecycleConfiguration',
    missing: error('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'),
    deletable: true,
  },
  {
    query: 'encryption',
    noun: 'BucketEncryption',
    root: 'ServerSideEncryptionConfiguration',
    missing: empty(
      'ServerSideEncryptionConfiguration',
      '<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>',
    ),
    deletable: true,
  },
  {
    query: 'tagging',
    noun: 'BucketTagging',
    root: 'Tagging',
    missing: error('NoSuchTagSet', 'The TagSet does not exist'),
    deletable: true,
    putStatus: 204,
  },
  {
    query: 'ownershipControls',
    noun: 'BucketOwnershipControls',
    root: 'OwnershipControls',
    missing: empty('OwnershipControls', '<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>'),
    refuse: {
      pattern: /<ObjectOwnership>\s*(?!BucketOwnerEnforced)/,
      what: 'object ownership other than BucketOwnerEnforced',
    },
    deletable: true,
  },
  {
    query: 'notification',
    noun: 'BucketNotificationConfiguration',
    root: 'NotificationConfiguration',
    missing: empty('NotificationConfiguration'),
    refuse: { pattern: /<(Queue|Topic|CloudFunction|EventBridge)/, what: 'event notifications' },
    deletable: false,
  },
  {
    query: 'logging',
    noun: 'BucketLogging',
    root: 'BucketLoggingStatus',
    missing: empty('BucketLoggingStatus'),
    refuse: { pattern: /<LoggingEnabled/, what: 'server access logging' },
    deletable: false,
  },
  {
    query: 'requestPayment',
    noun: 'BucketRequestPayment',
    root: 'RequestPaymentConfiguration',
    missing: empty('RequestPaymentConfiguration', '<Payer>BucketOwner</Payer>'),
    refuse: { pattern: /<Payer>\s*Requester/, what: 'requester pays' },
    deletable: false,
  },
  {
    query: 'accelerate',
    noun: 'BucketAccelerateConfiguration',
    root: 'AccelerateConfiguration',
    missing: empty('AccelerateConfiguration'),
    refuse: { pattern: /<Status>\s*Enabled/, what: 'transfer acceleration' },
    deletable: false,
  },
  {
    query: 'cors',
    noun: 'BucketCors',
    root: 'CORSConfiguration',
    missing: error('NoSuchCORSConfiguration', 'The CORS configuration does not exist'),
    refuse: { pattern: /./, what: 'CORS rules' },
    deletable: true,
  },
  {
    query: 'website',
    noun: 'BucketWebsite',
    root: 'WebsiteConfiguration',
    missing: error('NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'),
    refuse: { pattern: /./, what: 'website hosting' },
    deletable: true,
  },
  {
    query: 'replication',
    noun: 'BucketReplication',
    root: 'ReplicationConfiguration',
    missing: error('ReplicationConfigurationNotFoundError', 'The replication configuration was not found'),
    refuse: { pattern: /./, what: 'replication' },
    deletable: true,
  },
  {
    query: 'object-lock',
    noun: 'ObjectLockConfiguration',
    root: 'ObjectLockConfiguration',
    missing: error('ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket'),
    refuse: { pattern: /./, what: 'object lock' },
    deletable: false,
  },
];
