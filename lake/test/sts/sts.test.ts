import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { clientSettings, raw, startedLake } from '../server/started.ts';

const lake = await startedLake();
const sts = new STSClient(clientSettings(lake.url));
const RoleArn = 'arn:aws:iam::123456789012:role/weir/load';

describe('STS', () => {
  it('says who asks', async () => {
    const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
    assert.deepEqual([Account, Arn, UserId], ['000000000000', 'arn:aws:iam::000000000000:root', '000000000000']);
  });

  it('gives credentials for any web identity token, and repeats its claims', async () => {
    const claims = Buffer.from(
      JSON.stringify({ sub: 'repo:a/b:ref:refs/heads/main', aud: 'sts.amazonaws.com', iss: 'https://issuer' }),
    ).toString('base64url');
    const before = Date.now();
    const answer = await sts.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn,
        RoleSessionName: 'run-1',
        WebIdentityToken: `e30.${claims}.c2ln`,
        DurationSeconds: 900,
      }),
    );
    assert.equal(answer.SubjectFromWebIdentityToken, 'repo:a/b:ref:refs/heads/main');
    assert.equal(answer.AssumedRoleUser?.Arn, 'arn:aws:sts::123456789012:assumed-role/load/run-1');
    assert.match(answer.Credentials?.AccessKeyId ?? '', /^ASIA[A-Z0-9]{16}$/);
    const seconds = (answer.Credentials!.Expiration!.getTime() - before) / 1000;
    assert.ok(seconds > 895 && seconds <= 901, String(seconds));
  });

  it('gives credentials for any role', async () => {
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' }));
    assert.ok(Credentials?.SessionToken);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['no role', 'Action=AssumeRole&Version=2011-06-15&RoleSessionName=me', 'ValidationError'],
    ['a role that is none', 'Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=x', 'ValidationError'],
    ['no token', `Action=AssumeRoleWithWebIdentity&RoleSessionName=me&RoleArn=${RoleArn}`, 'ValidationError'],
    [
      'a duration of a day',
      `Action=AssumeRole&RoleSessionName=me&RoleArn=${RoleArn}&DurationSeconds=86400`,
      'ValidationError',
    ],
    ['an unknown action', 'Action=GetSessionToken2', 'InvalidAction'],
    ['an inherited name', 'Action=toString', 'InvalidAction'],
    ['no action', 'Version=2011-06-15', 'InvalidAction'],
  ];
  for (const [what, body, code] of refused)
    it(`refuses ${what}`, async () => {
      const answer = await raw(lake.url, 'POST', '/', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
      assert.equal(answer.status, 400);
      assert.match(answer.body, new RegExp(`<Error><Type>Sender</Type><Code>${code}</Code>`));
    });
});
