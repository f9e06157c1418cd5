import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Faults } from '../faults/faults.ts';
import type { CallLog } from '../faults/log.ts';
import { S3Error } from '../s3/errors.ts';
import { s3ErrorAnswer } from '../s3/service.ts';
import type { Uploads } from '../s3/uploads.ts';
import type { FileStore } from '../store/file-store.ts';
import { sts } from '../sts/service.ts';
import { isLoopback, refusesPage } from './browser.ts';
import type { Call } from './call.ts';
import { CONTROL_PATH, type ControlParts, control, controlErrorAnswer } from './control.ts';
import { GUEST_PATH, type Guests } from './guests.ts';
import { type Answer, type Request, readRequest, sendAnswer } from './http.ts';
import { type FindJsonService, jsonCall, jsonErrorAnswer } from './json-protocol.ts';
import { type RequestContext, type ServiceContext, WireError } from './json-service.ts';
import { isQueryRequest, queryCall } from './query-protocol.ts';
import { s3Call } from './s3-protocol.ts';

export interface ServeParts extends ControlParts {
  readonly context: ServiceContext;
  readonly store: FileStore;
  readonly uploads: Uploads;
  readonly findJsonService: FindJsonService;
  readonly faults: Faults;
  readonly log: CallLog;
  readonly guests: Guests;
}

const REFUSED_PAGE =
  'Refused: a page in a browser, or a name that could be one. Address the lake as 127.0.0.1 or localhost.\n';

/** Serves one request, whatever it is: it never throws. */
export async function serve(message: IncomingMessage, response: ServerResponse, parts: ServeParts): Promise<void> {
  const requestId = randomUUID();
  const begun = performance.now();
  response.setHeader('x-amzn-requestid', requestId);
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('server', 'weir-lake');
  try {
    const request = readable(message);
    if (request instanceof WireError) {
      const asked = { method: message.method ?? 'GET', rawPath: (message.url ?? '/').replace(/\?.*/s, '') };
      await sendAnswer(response, s3ErrorAnswer(request, asked, requestId), asked.method === 'HEAD');
      return;
    }
    if (refusesPage(request.headers, isLoopback(message.socket.localAddress))) {
      await sendAnswer(response, { status: 403, body: REFUSED_PAGE }, request.method === 'HEAD');
      return;
    }
    if (request.rawPath === GUEST_PATH) {
      parts.guests.attend(message, response);
      return;
    }
    if (request.rawPath.startsWith(CONTROL_PATH)) {
      await sendAnswer(
        response,
        await control(request, parts).catch(reported(request, controlErrorAnswer)),
        request.method === 'HEAD',
      );
      return;
    }
    await serveAws(request, response, parts, { ...parts.context, requestId }, begun);
  } catch (error) {
    report(error);
    if (response.headersSent) response.destroy();
    else await sendAnswer(response, { status: 400, body: '' }, false).catch(() => response.destroy());
  }
}

/** An address that is no text names no service; it is refused in the words of S3, whose keys it may have meant. */
function readable(message: IncomingMessage): Request | WireError {
  try {
    return readRequest(message);
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
}

async function serveAws(
  request: Request,
  response: ServerResponse,
  parts: ServeParts,
  context: RequestContext,
  begun: number,
): Promise<void> {
  const found = await findCall(request, context, parts);
  const call = 'run' in found ? found : undefined;
  const fault = call && parts.faults.strike(call.service, call.operation, call.text);
  const done = 'run' in found ? await perform(request, found, fault) : found;
  // Whoever went away before the request was whole is answered nothing, and no error is counted.
  const answer = request.body.aborted ? undefined : done;
  parts.log.add({
    time: new Date().toISOString(),
    service: call?.service ?? 'unknown',
    operation: call?.operation ?? '',
    status: answer?.status ?? 0,
    ms: Math.round(performance.now() - begun),
    ...(answer?.error ? { error: answer.error } : {}),
    ...(fault ? { fault: effect(fault) } : {}),
    request: call?.text ?? `${request.method} ${request.rawPath}`,
  });
  if (answer) await sendAnswer(response, answer, request.method === 'HEAD');
  else response.destroy();
}

/** The call, or at once the refusal of a request that asks for none. */
async function findCall(request: Request, context: RequestContext, parts: ServeParts): Promise<Call | Answer> {
  if (request.headers['x-amz-target'] !== undefined)
    return jsonCall(request, context, parts.findJsonService).catch(reported(request, jsonErrorAnswer));
  if (isQueryRequest(request))
    return queryCall(request, context, parts.sns).catch(reported(request, (error) => sts.fail(error, context)));
  try {
    return s3Call(request, context, parts);
  } catch (error) {
    return reported(request, (one) => s3ErrorAnswer(one, request, context.requestId))(error);
  }
}

/** Runs the call with what a fault does to it; undefined: the connection is to be cut. */
async function perform(request: Request, call: Call, fault: Fault | undefined): Promise<Answer | undefined> {
  if (fault?.delay_ms) await sleep(fault.delay_ms);
  if (fault?.drop === 'before') return undefined;
  if (fault?.error && !fault.execute && !fault.drop) return injected(call, fault);
  const answer = await call.run().catch(reported(request, call.fail));
  if (!fault?.drop && !fault?.error) return answer;
  if (typeof answer.body === 'object' && !(answer.body instanceof Uint8Array))
    await answer.body[Symbol.asyncIterator]().return?.();
  return fault.drop ? undefined : injected(call, fault);
}

function injected(call: Call, fault: Fault): Answer {
  return call.inject(fault.error!, fault.message ?? `${fault.error}: injected by a test`, fault.status);
}

function effect(fault: Fault): string {
  if (fault.drop) return fault.drop === 'before' ? 'drop before' : 'drop';
  return fault.error ?? 'delay';
}

/** Errors that are no refusal are the lake's own: its process says more than the client is told. */
function reported(request: Request, toAnswer: (error: unknown) => Answer): (error: unknown) => Answer {
  return (error) => {
    const answer = toAnswer(error);
    const refusal = error instanceof WireError || error instanceof S3Error;
    if (answer.status === 500 && !refusal && !request.body.aborted) report(error);
    return answer;
  };
}

function report(error: unknown): void {
  process.stderr.write(`weir-lake: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
