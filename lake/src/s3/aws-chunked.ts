import { S3Error } from './errors.ts';

/**
 * Takes an `aws-chunked` body apart: `<hex size>[;chunk-signature=..]\r\n<bytes>\r\n` ... `0\r\n<trailers>\r\n`.
 * Signatures are taken as they are. Trailers are in `trailers` (lower-case names) once the bytes are read.
 */
export async function* readAwsChunked(
  body: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  const input = createInput(body);
  for (;;) {
    const size = chunkSize(await input.line());
    if (size === 0) break;
    yield* input.bytes(size);
    if ((await input.line()) !== '') throw incomplete();
  }
  for (;;) {
    const line = await input.lineOrEnd();
    if (line === undefined) return;
    if (line === '') continue; // some clients end the trailers with one empty line, some with two or none
    const colon = line.indexOf(':');
    if (colon < 1)
      throw new S3Error(
        'MalformedTrailerError',
        'The request contained trailing data that was not well-formed or did not conform to our published schema.',
      );
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    if (trailers.size > 32) throw incomplete();
  }
}

function chunkSize(line: string): number {
  const match = /^([0-9a-fA-F]{1,12})(?:;.*)?$/.exec(line);
  if (!match) throw incomplete();
  return Number.parseInt(match[1]!, 16);
}

function incomplete(): S3Error {
  return new S3Error('IncompleteBody', 'The request body terminated unexpectedly');
}

const LONGEST_LINE = 8192;

interface ChunkInput {
  line(): Promise<string>;
  lineOrEnd(): Promise<string | undefined>;
  bytes(count: number): AsyncGenerator<Uint8Array>;
}

function createInput(body: AsyncIterable<Uint8Array>): ChunkInput {
  const iterator = body[Symbol.asyncIterator]();
  let buffer: Uint8Array = new Uint8Array(0);

  async function more(): Promise<boolean> {
    const next = await iterator.next();
    if (next.done) return false;
    buffer = buffer.length ? Buffer.concat([buffer, next.value]) : next.value;
    return true;
  }
  async function lineOrEnd(): Promise<string | undefined> {
    for (;;) {
      const end = buffer.indexOf(10);
      if (end >= 0) {
        const line = Buffer.from(buffer.subarray(0, end)).toString('latin1').replace(/\r$/, '');
        buffer = buffer.subarray(end + 1);
        return line;
      }
      if (buffer.length > LONGEST_LINE) throw incomplete();
      if (!(await more())) {
        if (buffer.length > 0) throw incomplete();
        return undefined;
      }
    }
  }
  return {
    lineOrEnd,
    async line() {
      const line = await lineOrEnd();
      if (line === undefined) throw incomplete();
      return line;
    },
    async *bytes(count) {
      let left = count;
      while (left > 0) {
        if (buffer.length === 0 && !(await more())) throw incomplete();
        const piece = buffer.subarray(0, left);
        buffer = buffer.subarray(piece.length);
        left -= piece.length;
        yield piece;
      }
    },
  };
}
