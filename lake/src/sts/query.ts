import { createHash, randomBytes } from 'node:crypto';
import { WireError } from '../wire/json-service.ts';
import type { QueryCall } from '../wire/query-service.ts';
import type { XmlChild } from '../wire/xml.ts';

export function required(call: QueryCall, name: string): string {
  const value = call.parameters.get(name);
  if (value) return value;
  throw validation(
    `Value null at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must not be null`,
  );
}

export function validation(detail: string): WireError {
  return new WireError('ValidationError', `1 validation error detected: ${detail}`);
}

export interface AssumedRole {
  readonly arn: string;
  readonly id: string;
}

/** Of `arn:aws:iam::<account>:role/<path/name>` and a session name, who the session is. */
export function assumedRole(call: QueryCall): AssumedRole {
  const roleArn = required(call, 'RoleArn');
  const session = required(call, 'RoleSessionName');
  const match = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(roleArn);
  if (!match) throw new WireError('ValidationError', `${roleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(session))
    throw validation(
      `Value '${session}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  const [, partition, account, role] = match;
  return {
    arn: `arn:${partition}:sts::${account}:assumed-role/${role}/${session}`,
    id: `${roleId(roleArn)}:${session}`,
  };
}

function roleId(roleArn: string): string {
  return `AROA${createHash('sha256').update(roleArn).digest('hex').toUpperCase().slice(0, 17)}`;
}

/** Temporary credentials that the lake takes as any others; which role they stand for can be read off the key. */
export function temporaryCredentials(call: QueryCall): XmlChild {
  const seconds = Number(call.parameters.get('DurationSeconds') ?? 3600);
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200)
    throw validation(
      `Value '${call.parameters.get('DurationSeconds')}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200`,
    );
  return [
    'Credentials',
    [
      ['AccessKeyId', `ASIA${randomBytes(8).toString('hex').toUpperCase()}`],
      ['SecretAccessKey', randomBytes(30).toString('base64')],
      ['SessionToken', randomBytes(48).toString('base64')],
      ['Expiration', new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z')],
    ],
  ];
}
