import { runSts, stsErrorAnswer } from '../sts/service.ts';
import type { Call } from './call.ts';
import { parseQuery, type Request, readBody } from './http.ts';
import { type RequestContext, WireError } from './json-service.ts';

const LARGEST_FORM = 1024 * 1024;

/** The Query protocol: a form in the body, or in the address for presigned requests. */
export function isQueryRequest(request: Request): boolean {
  if (request.rawPath !== '/' && request.rawPath !== '') return false;
  if (request.query.has('Action')) return true;
  return (
    request.method === 'POST' && (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  );
}

export async function queryCall(request: Request, context: RequestContext): Promise<Call> {
  const body = await readBody(
    request.body,
    LARGEST_FORM,
    () => new WireError('RequestEntityTooLarge', 'The form is too large', 413),
  );
  const parameters = new Map([...request.query, ...parseQuery(body.toString('latin1'))]);
  const accessKey = /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '')?.[1];
  const operation = parameters.get('Action') ?? '';
  return {
    service: 'sts',
    operation,
    text: `${request.method} ${request.rawPath}?${request.queryString} ${body.toString()}`,
    run: () => runSts({ parameters, accessKey, context }),
    fail: (error) => stsErrorAnswer(error, context),
    inject: (code, message, status) => stsErrorAnswer(new WireError(code, message, status ?? 400), context),
  };
}
