import type { QueryOperation } from '../wire/query-service.ts';
import { assumedRole, temporaryCredentials } from './query.ts';

export const assumeRole: QueryOperation = async (call) => {
  const role = assumedRole(call);
  return [
    [
      'AssumedRoleUser',
      [
        ['AssumedRoleId', role.id],
        ['Arn', role.arn],
      ],
    ],
    temporaryCredentials(call),
  ];
};
