import type { Request } from '../wire/http.ts';
import { readBody } from '../wire/http.ts';
import { readAwsChunked } from './aws-chunked.ts';
import { malformedXml } from './errors.ts';
import { verifySmall } from './receive.ts';

/** The bytes of a small body, out of their aws-chunked wrapping where they have one. */
export function openedBody(request: Request): AsyncIterable<Uint8Array> {
  const chunked =
    (request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') ||
    /\baws-chunked\b/i.test(request.headers['content-encoding'] ?? '');
  return chunked ? readAwsChunked(request.body, new Map()) : request.body;
}

/** An XML body, as its digests say it is; a batch delete of 1,000 long keys may have some megabytes. */
export async function xmlText(request: Request, limit = 16 * 1024 * 1024): Promise<string> {
  return (await verifiedBody(request, request.headers, limit)).toString();
}

/** The XML of a completion, where a checksum in the headers is that of the object which comes out. */
export async function completionText(request: Request): Promise<string> {
  const ofBody = Object.entries(request.headers).filter(([name]) => !name.startsWith('x-amz-checksum-'));
  return (await verifiedBody(request, Object.fromEntries(ofBody), 16 * 1024 * 1024)).toString();
}

async function verifiedBody(request: Request, headers: Request['headers'], limit: number): Promise<Buffer> {
  const body = await readBody(openedBody(request), limit, malformedXml);
  verifySmall(headers, body);
  return body;
}
