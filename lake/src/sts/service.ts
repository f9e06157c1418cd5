import { WireError } from '../wire/json-service.ts';
import { type QueryOperation, type QueryService, queryAnswer, queryErrorAnswer } from '../wire/query-service.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const OPERATIONS: Readonly<Record<string, QueryOperation>> = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
};

/** STS. Every token and every role is taken. */
export const sts: QueryService = {
  name: 'sts',
  async run(call) {
    const name = call.parameters.get('Action') ?? '';
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    if (!operation)
      throw new WireError(
        'InvalidAction',
        `Could not find operation ${name} for version ${call.parameters.get('Version') ?? 'NO_VERSION_SPECIFIED'}`,
      );
    return queryAnswer(name, NAMESPACE, await operation(call), call.context.requestId);
  },
  fail: (error, { requestId }) => queryErrorAnswer(error, NAMESPACE, 'InternalFailure', requestId),
};
