import { type RequestContext, WireError } from '../wire/json-service.ts';
import type { QueryCall } from '../wire/query-service.ts';
import type { XmlChild } from '../wire/xml.ts';
import type { Topic, Topics } from './topics.ts';

export interface SnsCall extends QueryCall {
  readonly topics: Topics;
}

/** Gives the children of `<ActionResult>`. */
export type SnsOperation = (call: SnsCall) => readonly XmlChild[];

/** How SNS refuses a parameter: by its name, and where it says more, a reason. */
export function invalid(detail: string): WireError {
  return new WireError('InvalidParameter', `Invalid parameter: ${detail}`);
}

export function notImplemented(what: string): WireError {
  return new WireError('NotImplemented', `the local lake does not have ${what}`, 501);
}

/** 1 to 256 letters, digits, hyphens and underscores: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export function isTopicName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,256}$/.test(name);
}

export function arnOf({ account, region }: Pick<RequestContext, 'account' | 'region'>, name: string): string {
  return `arn:aws:sns:${region}:${account}:${name}`;
}

/** The topic that an ARN names. */
export function topicOf(call: SnsCall, parameter = 'TopicArn'): Topic {
  const found = call.topics.get(topicNameOf(call, parameter));
  if (found) return found;
  throw new WireError(
    'NotFound',
    parameter === 'ResourceArn' ? 'Resource does not exist' : 'Topic does not exist',
    404,
  );
}

/** The name in an ARN, of a topic that need not exist. */
export function topicNameOf(call: SnsCall, parameter: string): string {
  const arn = call.parameters.get(parameter);
  if (!arn) throw invalid(`${parameter} Reason: no value for required parameter`);
  const parts = arn.split(':');
  if (parts.length < 6) throw invalid(`${parameter} Reason: An ARN must have at least 6 elements, not ${parts.length}`);
  const [, , service, region, account, name = ''] = parts;
  if (service !== 'sns' || region !== call.context.region || parts.length > 6) throw invalid(parameter);
  if (account !== call.context.account)
    throw new WireError('AuthorizationError', `The topic ${arn} is of another account than the lake's`, 403);
  return name;
}
