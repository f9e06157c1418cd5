import type { Request } from '../wire/http.ts';
import { readBody } from '../wire/http.ts';
import { readAwsChunked } from './aws-chunked.ts';
import { malformedXml } from './errors.ts';

/** The bytes of a small body, out of their aws-chunked wrapping where they have one. */
export function openedBody(request: Request): AsyncIterable<Uint8Array> {
  const chunked =
    (request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') ||
    /\baws-chunked\b/i.test(request.headers['content-encoding'] ?? '');
  return chunked ? readAwsChunked(request.body, new Map()) : request.body;
}

/** An XML body; a batch delete of 1,000 long keys may have some megabytes. */
export async function xmlText(request: Request, limit = 16 * 1024 * 1024): Promise<string> {
  return (await readBody(openedBody(request), limit, malformedXml)).toString();
}
