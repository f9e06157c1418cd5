import { open } from 'node:fs/promises';
import type { Entry } from '../store/entry.ts';
import type { Answer } from '../wire/http.ts';
import { needBucket, type S3Call, type S3Operation } from './call.ts';
import { readVerdict } from './conditions.ts';
import { needEntry, versionHeaders } from './entry.ts';
import { invalidArgument, noSuchKey, S3Error } from './errors.ts';
import { objectHeaders } from './object-headers.ts';
import { type ByteRange, parseRange } from './range.ts';

export const getObject: S3Operation = {
  name: 'GetObject',
  async run(call) {
    const entry = needEntry(call);
    const answer = describe(entry, call);
    if (answer.status === 304) return answer;
    call.store.checkInside(entry);
    const { start, end } = answer.range ?? { start: 0, end: entry.size - 1 };
    return { ...answer, body: await readFile(entry, start, end) };
  },
};

/** Status and headers of a GET, which are a HEAD's too. */
export function describe(entry: Entry, call: S3Call): Answer & { readonly range?: ByteRange } {
  const { request } = call;
  const headers = { ...objectHeaders(entry, request), ...versionHeaders(needBucket(call), entry) };
  if (readVerdict(entry, request.headers) === 'not-modified') {
    const { 'content-type': _, ...kept } = headers;
    return { status: 304, headers: kept };
  }
  const part = request.query.get('partNumber');
  const range = part === undefined ? parseRange(request.headers.range, entry.size) : partRange(entry, part);
  if (entry.attributes.parts && part !== undefined) headers['x-amz-mp-parts-count'] = entry.attributes.parts.length;
  if (!range) return { status: 200, headers: { ...headers, 'content-length': entry.size } };
  // A checksum of the whole would be taken for that of the range.
  for (const name of Object.keys(headers)) if (name.startsWith('x-amz-checksum-')) delete headers[name];
  return {
    status: 206,
    range,
    headers: {
      ...headers,
      'content-length': range.end - range.start + 1,
      ...(entry.size > 0 ? { 'content-range': `bytes ${range.start}-${range.end}/${entry.size}` } : {}),
    },
  };
}

function partRange(entry: Entry, text: string): ByteRange {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 10_000)
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
  const parts = entry.attributes.parts ?? [entry.size];
  const size = parts[number - 1];
  if (size === undefined)
    throw new S3Error('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416, {
      PartNumberRequested: text,
      ActualPartCount: String(parts.length),
    });
  const start = parts.slice(0, number - 1).reduce((sum, one) => sum + one, 0);
  return { start, end: start + size - 1 };
}

/** The file is opened before the answer begins: what a later PUT or DELETE does no longer matters to this reader. */
async function readFile(entry: Entry, start: number, end: number): Promise<string | AsyncIterable<Uint8Array>> {
  const handle = await open(entry.path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? noSuchKey(entry.key) : error;
  });
  if (end < start) {
    await handle.close();
    return '';
  }
  return handle.createReadStream({ start, end, highWaterMark: 256 * 1024 });
}
