import type { QueryOperation } from '../wire/query-service.ts';
import { assumedRole, required, temporaryCredentials } from './query.ts';

/** Any token is accepted: what it says is repeated where it can be read, as AWS does for a verified one. */
export const assumeRoleWithWebIdentity: QueryOperation = async (call) => {
  const role = assumedRole(call);
  const claims = readClaims(required(call, 'WebIdentityToken'));
  return [
    ['SubjectFromWebIdentityToken', claims.sub ?? 'unknown'],
    ['Audience', claims.aud ?? 'sts.amazonaws.com'],
    [
      'AssumedRoleUser',
      [
        ['AssumedRoleId', role.id],
        ['Arn', role.arn],
      ],
    ],
    temporaryCredentials(call),
    ['Provider', claims.iss ?? 'unknown'],
  ];
};

function readClaims(token: string): { readonly sub?: string; readonly aud?: string; readonly iss?: string } {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const text = (name: string) => (typeof claims[name] === 'string' ? { [name]: claims[name] as string } : {});
    return { ...text('sub'), ...text('aud'), ...text('iss') };
  } catch {
    return {};
  }
}
