import type { XmlChild } from '../wire/xml.ts';
import { arnOf, invalid, isTopicName, type SnsOperation } from './operation.ts';

const PAGE = 100;

/** 100 a page; the token is the last name of the page before. */
export const listTopics: SnsOperation = (call) => {
  const token = call.parameters.get('NextToken');
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString();
  if (token !== undefined && !isTopicName(after)) throw invalid('NextToken');
  const left = call.topics.list().filter(({ name }) => name > after);
  const page = left.slice(0, PAGE);
  const members = page.map(({ name }): XmlChild => ['member', [['TopicArn', arnOf(call.context, name)]]]);
  const last = left.length > PAGE ? page.at(-1) : undefined;
  return [['Topics', members], last && ['NextToken', Buffer.from(last.name).toString('base64url')]];
};
