import type { Answer } from '../wire/http.ts';
import { type RequestContext, WireError } from '../wire/json-service.ts';
import { xmlDocument } from '../wire/xml.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import type { QueryCall, QueryOperation } from './query.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const OPERATIONS: Readonly<Record<string, QueryOperation>> = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
};

/** STS as the Query protocol has it: a form in, XML out. Every token and every role is taken. */
export async function runSts(call: QueryCall): Promise<Answer> {
  const name = call.parameters.get('Action') ?? '';
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (!operation)
    throw new WireError(
      'InvalidAction',
      `Could not find operation ${name} for version ${call.parameters.get('Version') ?? 'NO_VERSION_SPECIFIED'}`,
    );
  const result = await operation(call);
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: xmlDocument(`${name}Response`, NAMESPACE, [
      [`${name}Result`, result],
      ['ResponseMetadata', [['RequestId', call.context.requestId]]],
    ]),
  };
}

export function stsErrorAnswer(error: unknown, context: RequestContext): Answer {
  const refusal =
    error instanceof WireError
      ? error
      : new WireError(
          'InternalFailure',
          'The request processing has failed because of an unknown error, exception or failure.',
          500,
        );
  return {
    status: refusal.status,
    headers: { 'content-type': 'text/xml' },
    error: refusal.code,
    body: xmlDocument('ErrorResponse', NAMESPACE, [
      [
        'Error',
        [
          ['Type', refusal.status < 500 ? 'Sender' : 'Receiver'],
          ['Code', refusal.code],
          ['Message', refusal.message],
        ],
      ],
      ['RequestId', context.requestId],
    ]),
  };
}
