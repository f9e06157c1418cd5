import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Checksum } from '../store/entry.ts';
import type { Request } from '../wire/http.ts';
import { readAwsChunked } from './aws-chunked.ts';
import {
  type ChecksumAlgorithm,
  checksumAlgorithm,
  checksumHeader,
  isChecksumValue,
  startChecksum,
} from './checksum.ts';
import { invalidArgument, S3Error } from './errors.ts';

export interface Received {
  /** A synced temporary file with the bytes. Who gets it moves it or removes it. */
  readonly file: string;
  readonly size: number;
  readonly md5: string;
  readonly checksum: Checksum | undefined;
}

const LARGEST_PUT = 5 * 1024 ** 3;

/** Streams a request's body into a temporary file and verifies all that the request says of it. */
export async function receiveBody(request: Request, file: string, wanted?: ChecksumAlgorithm): Promise<Received> {
  const expected = expectations(request);
  const algorithm = expected.algorithm ?? wanted;
  const md5 = createHash('md5');
  const sha256 = expected.sha256 === undefined ? undefined : createHash('sha256');
  const checksum = algorithm && startChecksum(algorithm);
  const trailers = new Map<string, string>();
  const body = expected.chunked ? readAwsChunked(request.body, trailers) : request.body;
  let size = 0;
  const handle = await open(file, 'wx');
  try {
    try {
      for await (const chunk of body) {
        size += chunk.length;
        if (size > LARGEST_PUT) throw tooLarge();
        md5.update(chunk);
        sha256?.update(chunk);
        checksum?.update(chunk);
        await writeFully(handle, chunk);
      }
      if (expected.size !== undefined && size !== expected.size)
        throw new S3Error(
          'IncompleteBody',
          'You did not provide the number of bytes specified by the Content-Length HTTP header',
        );
      await handle.datasync();
    } finally {
      await handle.close();
    }
    const digest = md5.digest();
    verifyDigests(expected, digest, sha256?.digest('hex'));
    const value = checksum?.digest();
    if (expected.algorithm) verifyChecksum(expected, value!, trailers);
    return {
      file,
      size,
      md5: digest.toString('hex'),
      checksum: algorithm && { algorithm, value: value!, type: 'FULL_OBJECT' },
    };
  } catch (error) {
    await rm(file, { force: true });
    throw request.body.aborted
      ? new S3Error(
          'RequestTimeout',
          'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
        )
      : error;
  }
}

/** The same for a small body that was read whole: what the request says of it must be true. */
export function verifySmall(headers: Request['headers'], body: Buffer): void {
  const said = { ...saidDigests(headers), ...expectedChecksum(headers) };
  verifyDigests(said, createHash('md5').update(body).digest(), createHash('sha256').update(body).digest('hex'));
  if (said.algorithm === undefined || said.checksum === undefined) return;
  const checksum = startChecksum(said.algorithm);
  checksum.update(body);
  if (checksum.digest() !== said.checksum) throw badChecksum(said.algorithm);
}

interface Expectations {
  readonly chunked: boolean;
  readonly size: number | undefined;
  readonly md5: string | undefined;
  readonly sha256: string | undefined;
  readonly algorithm: ChecksumAlgorithm | undefined;
  /** Undefined: it follows in the trailer. */
  readonly checksum: string | undefined;
}

function expectations({ headers }: Request): Expectations {
  const contentSha = headers['x-amz-content-sha256'] ?? '';
  const chunked =
    contentSha.startsWith('STREAMING-') || /(^|,)\s*aws-chunked\s*(,|$)/i.test(headers['content-encoding'] ?? '');
  const length = chunked ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] === undefined)
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  if (length !== undefined && !/^\d{1,15}$/.test(length))
    throw invalidArgument('Invalid length', 'Content-Length', length);
  if (Number(length ?? 0) > LARGEST_PUT) throw tooLarge();
  return {
    chunked,
    size: length === undefined ? undefined : Number(length),
    ...saidDigests(headers),
    ...expectedChecksum(headers),
  };
}

function saidDigests(headers: Request['headers']): Pick<Expectations, 'md5' | 'sha256'> {
  const md5 = headers['content-md5'];
  if (md5 !== undefined && !/^[A-Za-z0-9+/]{22}==$/.test(md5))
    throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  const sha256 = headers['x-amz-content-sha256'] ?? '';
  return { md5, sha256: /^[0-9a-f]{64}$/i.test(sha256) ? sha256.toLowerCase() : undefined };
}

function expectedChecksum(headers: Request['headers']): Pick<Expectations, 'algorithm' | 'checksum'> {
  const named = Object.keys(headers).filter((name) => name.startsWith('x-amz-checksum-') && checksumAlgorithm(name));
  if (named.length > 1)
    throw new S3Error(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  const [header] = named;
  if (header) {
    const algorithm = checksumAlgorithm(header)!;
    if (!isChecksumValue(algorithm, headers[header]!))
      throw new S3Error('InvalidRequest', `Value for ${header} header is invalid.`);
    return { algorithm, checksum: headers[header] };
  }
  const trailer = headers['x-amz-trailer']?.trim() ?? '';
  return { algorithm: trailer ? checksumAlgorithm(trailer) : undefined, checksum: undefined };
}

function verifyDigests(expected: Pick<Expectations, 'md5' | 'sha256'>, md5: Buffer, sha256: string | undefined): void {
  if (expected.md5 !== undefined && expected.md5 !== md5.toString('base64'))
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  if (expected.sha256 !== undefined && expected.sha256 !== sha256)
    throw new S3Error(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
}

function verifyChecksum(expected: Expectations, value: string, trailers: ReadonlyMap<string, string>): void {
  const algorithm = expected.algorithm!;
  const said = expected.checksum ?? trailers.get(checksumHeader(algorithm));
  if (said === undefined)
    throw new S3Error(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    );
  if (said !== value) throw badChecksum(algorithm);
}

function badChecksum(algorithm: ChecksumAlgorithm): S3Error {
  return new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}

function tooLarge(): S3Error {
  return new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
    MaxSizeAllowed: String(LARGEST_PUT),
  });
}

async function writeFully(handle: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written);
    written += bytesWritten;
  }
}
