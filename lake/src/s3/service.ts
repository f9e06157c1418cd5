import type { FileStore } from '../store/file-store.ts';
import { LeadsOutside } from '../store/inside.ts';
import type { Answer, Request } from '../wire/http.ts';
import { type RequestContext, WireError } from '../wire/json-service.ts';
import { checkKey, type S3Address, s3Address } from './address.ts';
import type { S3Operation } from './call.ts';
import { errorBody, S3Error } from './errors.ts';
import { asHeader } from './header-value.ts';
import { findOperation } from './routes.ts';
import type { Uploads } from './uploads.ts';

export interface S3Route {
  readonly operation: S3Operation;
  readonly address: S3Address;
}

/** Which operation a request asks for. Throws S3Error or WireError. */
export function routeS3(request: Request): S3Route {
  const address = s3Address(request);
  checkKey(address.key);
  return { operation: findOperation(request, address), address };
}

export async function runS3(
  route: S3Route,
  request: Request,
  lake: { readonly store: FileStore; readonly uploads: Uploads },
  context: RequestContext,
): Promise<Answer> {
  const hoisted = withHoistedHeaders(request);
  checkOwner(hoisted, context);
  return route.operation.run({ request: hoisted, ...route.address, ...lake, context });
}

/** Clients may say whose bucket they mean; all here are of the lake's account. */
function checkOwner({ headers }: Request, { account }: RequestContext): void {
  for (const name of ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner'])
    if (headers[name] !== undefined && headers[name] !== account)
      throw new S3Error('AccessDenied', 'Access Denied', 403);
}

/** Presigned URLs may carry in the query what otherwise are `x-amz-` headers. */
function withHoistedHeaders(request: Request): Request {
  const signed = request.query.has('X-Amz-Signature') || request.query.has('Signature');
  if (!signed) return request;
  const hoisted: Record<string, string> = {};
  for (const [name, value] of request.query) {
    const header = name.toLowerCase();
    if (header.startsWith('x-amz-') && !SIGNATURE_PARAMETERS.test(header)) hoisted[header] = asHeader(name, value);
  }
  return { ...request, headers: { ...hoisted, ...request.headers } };
}

const SIGNATURE_PARAMETERS =
  /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256)$/;

/** A refusal, or a fault of ours, as S3 words it. HEAD answers have no body. */
export function s3ErrorAnswer(error: unknown, request: Pick<Request, 'method' | 'rawPath'>, requestId: string): Answer {
  const refusal = toS3Error(error);
  if (refusal.status === 304) return { status: 304, error: refusal.code };
  return {
    status: refusal.status,
    headers: { 'content-type': 'application/xml', ...refusal.headers },
    ...(request.method === 'HEAD' ? {} : { body: errorBody(refusal, request.rawPath, requestId) }),
    error: refusal.code,
  };
}

function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof LeadsOutside)
    return new S3Error('AccessDenied', 'A symlink in the folder of the lake leads out of it: nothing goes there.', 403);
  if (error instanceof WireError) return new S3Error(error.code, error.message, error.status);
  if ((error as NodeJS.ErrnoException)?.code === 'ENOSPC')
    return new S3Error('InternalError', 'The disk under the lake is full.', 500);
  return new S3Error('InternalError', 'We encountered an internal error. Please try again.', 500);
}
