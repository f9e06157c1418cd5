import { sts } from '../sts/service.ts';
import type { Call } from './call.ts';
import { parseQuery, type Request, readBody } from './http.ts';
import { type RequestContext, WireError } from './json-service.ts';
import type { QueryService } from './query-service.ts';

/** As large as a notice may be, with every byte of it percent-encoded, and its other parameters. */
const LARGEST_FORM = 1024 * 1024;

/** The Query protocol: a form in the body, or in the address for presigned requests. */
export function isQueryRequest(request: Request): boolean {
  if (request.rawPath !== '/' && request.rawPath !== '') return false;
  if (request.query.has('Action')) return true;
  return (
    request.method === 'POST' && (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  );
}

export async function queryCall(request: Request, context: RequestContext, openSns: OpenSns): Promise<Call> {
  const body = await readBody(
    request.body,
    LARGEST_FORM,
    () => new WireError('RequestEntityTooLarge', 'The form is too large', 413),
  );
  const parameters = new Map([...request.query, ...parseQuery(body.toString('latin1'))]);
  const authorization = request.headers.authorization ?? '';
  const accessKey = /Credential=([^/,\s]+)\//.exec(authorization)?.[1];
  const operation = parameters.get('Action') ?? '';
  const service = isSns(authorization, parameters) ? await openSns() : sts;
  return {
    service: service.name,
    operation,
    text: `${request.method} ${request.rawPath}?${request.queryString} ${body.toString()}`,
    run: () => service.run({ parameters, accessKey, context }),
    fail: (error) => service.fail(error, context),
    inject: (code, message, status) => service.fail(new WireError(code, message, status ?? 400), context),
  };
}

export type OpenSns = () => Promise<QueryService>;

/** Whom a signature was made for says it; an unsigned request is told by the version of the API. */
function isSns(authorization: string, parameters: ReadonlyMap<string, string>): boolean {
  const scope = /Credential=([^,\s]+)/.exec(authorization)?.[1] ?? parameters.get('X-Amz-Credential') ?? '';
  const service = scope.split('/').at(-2);
  if (service === 'sns' || service === 'sts') return service === 'sns';
  return parameters.get('Version') === '2010-03-31';
}
