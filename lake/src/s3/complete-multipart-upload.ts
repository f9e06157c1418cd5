import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Checksum } from '../store/entry.ts';
import { elements, parseXml, textOf, type XmlElement } from '../wire/xml.ts';
import { completionText } from './body.ts';
import { needBucket, quoted, type S3Call, type S3Operation, xmlAnswer } from './call.ts';
import { checksumHeader, compositeChecksum } from './checksum.ts';
import { writeGuard } from './conditions.ts';
import { concatenate } from './digest.ts';
import { versionHeaders } from './entry.ts';
import { malformedXml, S3Error } from './errors.ts';
import { encryptionHeaders } from './object-headers.ts';
import { needUpload } from './upload-part.ts';
import type { Part, Upload } from './uploads.ts';

const SMALLEST_PART = 5 * 1024 * 1024;

export const completeMultipartUpload: S3Operation = {
  name: 'CompleteMultipartUpload',
  async run(call) {
    const { bucket, key, store, uploads, request } = call;
    const upload = needUpload(call);
    const guard = writeGuard(request.headers, key, store.head(bucket, key));
    const asked = elements(parseXml(await completionText(request), 'CompleteMultipartUpload'), 'Part');
    const parts = chosenParts(asked, uploads.parts(upload), upload);
    const file = store.temporaryFile();
    try {
      const whole = upload.checksum?.type === 'FULL_OBJECT' ? upload.checksum.algorithm : undefined;
      const sources = parts.map((part) => ({ file: part.file, start: 0, end: part.size - 1 }));
      const written = await concatenate(file, sources, whole).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? partsGone(call, parts) : error;
      });
      const checksum = whole ? written.checksum : composite(upload, parts);
      verifyWhole(call, written.size, checksum);
      needUpload(call);
      const entry = await store.commit(bucket, key, file, {
        etag: multipartEtag(parts),
        size: written.size,
        guard,
        attributes: {
          ...upload.attributes,
          parts: parts.map((part) => part.size),
          uploadId: upload.id,
          ...(checksum ? { checksum } : {}),
        },
      });
      uploads.remove(upload);
      return xmlAnswer(
        'CompleteMultipartUploadResult',
        [
          ['Location', `http://${request.headers.host ?? 'localhost'}/${bucket}/${encodeURI(key)}`],
          ['Bucket', bucket],
          ['Key', key],
          ['ETag', quoted(entry.etag)],
          checksum && [`Checksum${checksum.algorithm}`, checksum.value],
          checksum && ['ChecksumType', checksum.type],
        ],
        { ...encryptionHeaders(upload.attributes), ...versionHeaders(needBucket(call), entry) },
      );
    } finally {
      await rm(file, { force: true });
    }
  },
};

/** The parts that the client lists, in order; each must be there as it says. */
function chosenParts(asked: readonly XmlElement[], there: readonly Part[], upload: Upload): readonly Part[] {
  if (asked.length === 0 || asked.length > 10_000) throw malformedXml();
  const numbers = asked.map((element) => partNumberOf(textOf(element, 'PartNumber')));
  if (numbers.some((number, index) => number <= (numbers[index - 1] ?? 0)))
    throw new S3Error(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
      400,
      { UploadId: upload.id },
    );
  const byNumber = new Map(there.map((part) => [part.number, part]));
  return asked.map((element, index) => {
    const number = numbers[index]!;
    const etag = textOf(element, 'ETag');
    if (etag === undefined) throw malformedXml();
    const part = byNumber.get(number);
    if (!part || etag.trim().replace(/^"|"$/g, '') !== part.etag || !sameChecksum(element, part))
      throw invalidPart(upload, number, etag);
    if (part.size < SMALLEST_PART && index < asked.length - 1) throw tooSmall(part);
    return part;
  });
}

function partNumberOf(text: string | undefined): number {
  if (!/^\s*\d{1,9}\s*$/.test(text ?? '')) throw malformedXml();
  return Number(text);
}

/** While the parts were put together the upload was aborted or completed by another, or a part was sent again. */
function partsGone(call: S3Call, parts: readonly Part[]): S3Error {
  const upload = needUpload(call);
  const now = new Set(call.uploads.parts(upload).map((part) => part.file));
  const replaced = parts.find((part) => !now.has(part.file)) ?? parts[0]!;
  return invalidPart(upload, replaced.number, replaced.etag);
}

function tooSmall(part: Part): S3Error {
  return new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, {
    PartNumber: String(part.number),
    ETag: part.etag,
    ProposedSize: String(part.size),
    MinSizeAllowed: String(SMALLEST_PART),
  });
}

function sameChecksum(element: XmlElement, part: Part): boolean {
  if (!part.checksum) return true;
  const said = textOf(element, `Checksum${part.checksum.algorithm}`);
  return said === undefined || said === part.checksum.value;
}

function invalidPart(upload: Upload, number: number, etag: string): S3Error {
  return new S3Error(
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    400,
    { UploadId: upload.id, PartNumber: String(number), ETag: etag.replaceAll('"', '') },
  );
}

function multipartEtag(parts: readonly Part[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

function composite(upload: Upload, parts: readonly Part[]): Checksum | undefined {
  if (!upload.checksum) return undefined;
  const { algorithm, type } = upload.checksum;
  const values = parts.map((part) => part.checksum?.value ?? '');
  return { algorithm, type, value: compositeChecksum(algorithm, values) };
}

/** What the client says of the object that comes out. */
function verifyWhole({ request }: S3Call, size: number, checksum: Checksum | undefined): void {
  const expectedSize = request.headers['x-amz-mp-object-size'];
  if (expectedSize !== undefined && Number(expectedSize) !== size)
    throw new S3Error(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${expectedSize} does not match what was computed: ${size}`,
    );
  if (!checksum) return;
  const said = request.headers[checksumHeader(checksum.algorithm)];
  if (said !== undefined && said.replace(/-\d+$/, '') !== checksum.value.replace(/-\d+$/, ''))
    throw new S3Error('BadDigest', `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
}
