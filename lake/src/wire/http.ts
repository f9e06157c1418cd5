import type { IncomingMessage, ServerResponse } from 'node:http';
import { WireError } from './json-service.ts';

/** A request with its address taken apart, not yet decoded any further than AWS does. */
export interface Request {
  readonly method: string;
  /** As sent, percent-encoded, with neither `..` nor `//` touched. */
  readonly rawPath: string;
  /** In order of appearance; a name without `=` has the value ''. */
  readonly query: ReadonlyMap<string, string>;
  readonly queryString: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody;
}

export interface RequestBody extends AsyncIterable<Buffer> {
  /** The client went away before it sent all of it. */
  readonly aborted: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** What went wrong, for the log of served calls. */
  readonly error?: string;
}

export function readRequest(message: IncomingMessage): Request {
  const url = message.url ?? '/';
  // A proxy-style absolute URL is allowed by HTTP/1.1: the host in it counts as the Host header does.
  const absolute = /^https?:\/\/([^/?]*)/.exec(url);
  const target = absolute ? url.slice(absolute[0].length) || '/' : url;
  const mark = target.indexOf('?');
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  const queryString = mark < 0 ? '' : target.slice(mark + 1);
  return {
    method: message.method ?? 'GET',
    rawPath,
    query: parseQuery(queryString),
    queryString,
    headers: { ...singleHeaders(message), ...(absolute ? { host: absolute[1]! } : {}) },
    body: requestBody(message),
  };
}

function requestBody(message: IncomingMessage): RequestBody {
  return {
    get aborted() {
      return message.destroyed && !message.complete;
    },
    // Reading may stop half-way on a refusal; the connection must live on to carry the answer.
    [Symbol.asyncIterator]: () => message.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>,
  };
}

function singleHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  return headers;
}

export function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const mark = pair.indexOf('=');
    const name = decodeComponent(mark < 0 ? pair : pair.slice(0, mark));
    query.set(name, mark < 0 ? '' : decodeComponent(pair.slice(mark + 1)));
  }
  return query;
}

/** As in a query: `+` is a space. Throws a WireError where the bytes are no UTF-8. */
export function decodeComponent(text: string): string {
  return decodePath(text.replaceAll('+', ' '));
}

/** Percent-decoding to UTF-8; bytes sent raw are taken as they are; a `%` that encodes nothing is refused. */
export function decodePath(text: string): string {
  if (!/[%\u0080-\uffff]/.test(text)) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit !== 37) bytes.push(unit & 0xff);
    else {
      const hex = text.slice(i + 1, i + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(hex)) throw new WireError('InvalidURI', "Couldn't parse the specified URI.");
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    throw new WireError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** The whole body, for requests that are small by nature. */
export async function readBody(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  tooLarge: () => Error,
): Promise<Buffer> {
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    read.push(chunk);
  }
  return Buffer.concat(read);
}

/** Sends the answer; streamed bodies wait for a slow reader and stop when it goes away. */
export async function sendAnswer(response: ServerResponse, answer: Answer, head: boolean): Promise<void> {
  const { body } = answer;
  response.writeHead(answer.status, withLength(answer));
  if (head || body === undefined) {
    if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) await closeBody(body);
    response.end();
  } else if (typeof body === 'string' || body instanceof Uint8Array) {
    // As bytes: Node would send the headers in the encoding of a string that goes out with them.
    response.end(Buffer.from(body));
  } else await stream(response, body);
}

function withLength(answer: Answer): Record<string, string | number> {
  const { body, headers = {} } = answer;
  if (headers['content-length'] !== undefined || answer.status === 204 || answer.status === 304) return headers;
  if (body === undefined) return { ...headers, 'content-length': 0 };
  if (typeof body === 'string') return { ...headers, 'content-length': Buffer.byteLength(body) };
  if (body instanceof Uint8Array) return { ...headers, 'content-length': body.length };
  return headers;
}

async function stream(response: ServerResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of body) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
}

async function closeBody(body: AsyncIterable<Uint8Array>): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
