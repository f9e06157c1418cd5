import { S3Error } from '../s3/errors.ts';
import { routeS3, runS3, s3ErrorAnswer } from '../s3/service.ts';
import type { Uploads } from '../s3/uploads.ts';
import type { FileStore } from '../store/file-store.ts';
import type { Call } from './call.ts';
import type { Answer, Request } from './http.ts';
import type { RequestContext } from './json-service.ts';

export function s3Call(
  request: Request,
  context: RequestContext,
  lake: { readonly store: FileStore; readonly uploads: Uploads },
): Call {
  const fail = (error: unknown): Answer => s3ErrorAnswer(error, request, context.requestId);
  const route = routeS3(request);
  const { operation } = route;
  return {
    service: 's3',
    operation: operation.name,
    text: `${request.method} ${request.rawPath}${request.queryString ? `?${request.queryString}` : ''}`,
    run: () => runS3(route, request, lake, context),
    fail,
    inject: (code, message, status) => fail(new S3Error(code, message, status ?? statusOf(code))),
  };
}

function statusOf(code: string): number {
  if (code === 'SlowDown' || code === 'ServiceUnavailable') return 503;
  if (code === 'InternalError') return 500;
  if (code === 'AccessDenied') return 403;
  return 400;
}
