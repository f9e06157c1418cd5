import { any, boolean, integer, list, oneOf, structure, text } from '../shape/shape.ts';

/** The members of Athena's API, with the limits that its reference gives. */

export const workGroupName = text({ pattern: /^[a-zA-Z0-9._-]{1,128}$/ });
export const executionId = text({ min: 1, max: 128, pattern: /^\S+$/ });
export const clientToken = text({ min: 32, max: 128 });
/** The limit counts bytes of UTF-8. */
export const queryString = text({ min: 1, max: 262_144, bytes: true });
export const description = text({ max: 1024 });
export const databaseName = text({ min: 1, max: 255 });
export const catalogName = text({ min: 1, max: 256 });
export const statementName = text({ min: 1, max: 256, pattern: /^[a-zA-Z_][a-zA-Z0-9_@:]{0,255}$/ });
export const queryName = text({ min: 1, max: 128 });
export const arn = text({ min: 1, max: 1011 });
export const tag = structure({ 'Key!': text({ min: 1, max: 128 }), Value: text({ max: 256 }) });
export const pageToken = text({ min: 1, max: 1024 });
export const paging = (max: number, min = 1) => ({ NextToken: pageToken, MaxResults: integer({ min, max }) });

const encryption = structure({ 'EncryptionOption!': oneOf('SSE_S3', 'SSE_KMS', 'CSE_KMS'), KmsKey: text() });
const resultMembers = {
  OutputLocation: text(),
  EncryptionConfiguration: encryption,
  ExpectedBucketOwner: text({ pattern: /^[0-9]{12}$/ }),
  AclConfiguration: structure({ 'S3AclOption!': oneOf('BUCKET_OWNER_FULL_CONTROL') }),
};

export const resultConfiguration = structure(resultMembers);

const engineVersion = structure({ SelectedEngineVersion: text({ min: 1, max: 128 }) });
/** AWS takes no limit below 10 MB. */
const cutoff = integer({ min: 10_000_000 });

export const workGroupConfiguration = structure({
  ResultConfiguration: resultConfiguration,
  EnforceWorkGroupConfiguration: boolean,
  PublishCloudWatchMetricsEnabled: boolean,
  BytesScannedCutoffPerQuery: cutoff,
  RequesterPaysEnabled: boolean,
  EngineVersion: engineVersion,
  ManagedQueryResultsConfiguration: any,
});

export const workGroupUpdates = structure({
  EnforceWorkGroupConfiguration: boolean,
  PublishCloudWatchMetricsEnabled: boolean,
  BytesScannedCutoffPerQuery: cutoff,
  RemoveBytesScannedCutoffPerQuery: boolean,
  RequesterPaysEnabled: boolean,
  EngineVersion: engineVersion,
  ResultConfigurationUpdates: structure({
    ...resultMembers,
    RemoveOutputLocation: boolean,
    RemoveEncryptionConfiguration: boolean,
    RemoveExpectedBucketOwner: boolean,
    RemoveAclConfiguration: boolean,
  }),
});

export const executionIds = list(executionId, { min: 1, max: 50 });
