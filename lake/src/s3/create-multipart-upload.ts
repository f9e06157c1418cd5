import { needBucket, type S3Operation, xmlAnswer } from './call.ts';
import { type ChecksumAlgorithm, checksumAlgorithm } from './checksum.ts';
import { S3Error } from './errors.ts';
import { attributesFrom, encryptionHeaders } from './object-headers.ts';

export const createMultipartUpload: S3Operation = {
  name: 'CreateMultipartUpload',
  async run(call) {
    const { request, bucket, key, uploads } = call;
    needBucket(call);
    const attributes = attributesFrom(request.headers);
    const checksum = uploadChecksum(
      request.headers['x-amz-checksum-algorithm'],
      request.headers['x-amz-checksum-type'],
    );
    const upload = uploads.start({ bucket, key, attributes, ...(checksum ? { checksum } : {}) });
    return xmlAnswer(
      'InitiateMultipartUploadResult',
      [
        ['Bucket', bucket],
        ['Key', key],
        ['UploadId', upload.id],
      ],
      {
        ...encryptionHeaders(attributes),
        ...(checksum ? { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type } : {}),
      },
    );
  },
};

function uploadChecksum(name: string | undefined, type: string | undefined) {
  if (name === undefined) return undefined;
  const algorithm = checksumAlgorithm(name);
  if (!algorithm)
    throw new S3Error(
      'InvalidRequest',
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  const wanted = type?.toUpperCase() ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (!isAllowed(algorithm, wanted))
    throw new S3Error(
      'InvalidRequest',
      `The ${wanted} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  return { algorithm, type: wanted };
}

/** Only CRCs can be worked out of the whole from parts, and CRC64NVME is only ever of the whole. */
function isAllowed(algorithm: ChecksumAlgorithm, type: string): type is 'FULL_OBJECT' | 'COMPOSITE' {
  if (type === 'COMPOSITE') return algorithm !== 'CRC64NVME';
  return type === 'FULL_OBJECT' && algorithm.startsWith('CRC');
}
