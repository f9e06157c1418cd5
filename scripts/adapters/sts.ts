import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Environment } from '../core/model/definition.ts';
import { UserError } from '../core/model/exit.ts';
import type { AwsCall } from './aws.ts';

/** The account that the credentials belong to. Needs no permission. */
function callerAccount(client: STSClient, call: AwsCall): Promise<string> {
  return call(
    'sts:GetCallerIdentity',
    async () => (await client.send(new GetCallerIdentityCommand({}))).Account ?? '',
    // The first call of all: without a network, say so soon.
    { patienceMs: 0 },
  );
}

/** Refuses to go on with credentials of another account than the environment's. */
export async function assertAccount(client: STSClient, call: AwsCall, environment: Environment): Promise<void> {
  const account = await callerAccount(client, call);
  if (environment.account === undefined || account === environment.account) return;
  throw new UserError(
    `the credentials are for account ${account}, environment ${environment.name} is account ${environment.account}`,
    `sign in to ${environment.account}, choose another --env, or correct the account in pipeline/lake.yaml`,
  );
}
