import { CatalogError } from '../catalog/catalog.ts';
import type { Call } from './call.ts';
import { type Answer, type Request, readBody } from './http.ts';
import { type JsonService, type RequestContext, WireError } from './json-service.ts';

const LARGEST_BODY = 32 * 1024 * 1024;

const SERVICE_NAMES: Readonly<Record<JsonService['target'], string>> = { AWSGlue: 'glue', AmazonAthena: 'athena' };

/** Finds a JSON service by name; it is loaded when it is first asked for. */
export type FindJsonService = (target: JsonService['target']) => Promise<JsonService>;

/** Reads an AWS JSON 1.1 request: the operation is in X-Amz-Target, the input in the body. */
export async function jsonCall(request: Request, context: RequestContext, find: FindJsonService): Promise<Call> {
  const [target = '', operation = ''] = (request.headers['x-amz-target'] ?? '').split('.', 2);
  const body = await readBody(request.body, LARGEST_BODY, tooLarge);
  const known = isTarget(target);
  return {
    service: known ? SERVICE_NAMES[target] : 'unknown',
    operation,
    text: `${request.method} ${target}.${operation} ${body.toString()}`,
    async run() {
      if (!known) throw unknownOperation();
      const { operations } = await find(target);
      const perform = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (!perform) throw unknownOperation();
      const output = await perform(parseBody(body), context);
      return { status: 200, headers: { 'content-type': CONTENT_TYPE }, body: JSON.stringify(output ?? {}) };
    },
    fail: jsonErrorAnswer,
    inject: (code, message, status) => jsonErrorAnswer(new WireError(code, message, status ?? statusOf(code))),
  };
}

const CONTENT_TYPE = 'application/x-amz-json-1.1';

function isTarget(target: string): target is JsonService['target'] {
  return Object.hasOwn(SERVICE_NAMES, target);
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // answered below: also what nests too deep for the parser ends here
  }
  throw new WireError('SerializationException', 'The request body could not be parsed as a JSON object');
}

/** Glue and Athena say `Message`; what the protocol itself refuses says `message`. */
const PROTOCOL_ERRORS: ReadonlySet<string> = new Set([
  'SerializationException',
  'UnknownOperationException',
  'RequestEntityTooLargeException',
  'InternalFailure',
]);

export function jsonErrorAnswer(error: unknown): Answer {
  const refusal = toWireError(error);
  const name = PROTOCOL_ERRORS.has(refusal.code) ? 'message' : 'Message';
  return {
    status: refusal.status,
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-errortype': refusal.code },
    body: JSON.stringify({ __type: refusal.code, ...refusal.fields, [name]: refusal.message }),
    error: refusal.code,
  };
}

function toWireError(error: unknown): WireError {
  if (error instanceof WireError) return error;
  if (error instanceof CatalogError) return new WireError(error.code, error.message);
  return new WireError('InternalFailure', 'The request processing has failed because of an unknown error.', 500);
}

function statusOf(code: string): number {
  return /^Internal|ServiceUnavailable/.test(code) ? 500 : 400;
}

function unknownOperation(): WireError {
  return new WireError('UnknownOperationException', 'The requested operation is not recognized by the service.');
}

function tooLarge(): WireError {
  return new WireError('RequestEntityTooLargeException', 'Request size exceeds the limit of 32 MB', 413);
}
