import { type ServiceContext, WireError } from '../wire/json-service.ts';
import { type QueryService, queryAnswer, queryErrorAnswer } from '../wire/query-service.ts';
import { createTopic } from './create-topic.ts';
import { deleteTopic } from './delete-topic.ts';
import { listTopics } from './list-topics.ts';
import type { PublishedMessage } from './messages.ts';
import { arnOf, notImplemented, type SnsOperation } from './operation.ts';
import { publish } from './publish.ts';
import { listTagsForResource, tagResource, untagResource } from './resource-tags.ts';
import { getTopicAttributes, setTopicAttributes } from './topic-attributes.ts';
import type { Topics } from './topics.ts';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
const OPERATIONS: Readonly<Record<string, SnsOperation>> = {
  CreateTopic: createTopic,
  DeleteTopic: deleteTopic,
  ListTopics: listTopics,
  GetTopicAttributes: getTopicAttributes,
  SetTopicAttributes: setTopicAttributes,
  ListTagsForResource: listTagsForResource,
  TagResource: tagResource,
  UntagResource: untagResource,
  Publish: publish,
};

/** What SNS has and the lake has not: nothing is delivered to anybody. */
const MISSING =
  /^((Add|Remove)Permission|PublishBatch|(Confirm)?Subscri(be|ption)|Unsubscribe|(Get|Set)SubscriptionAttributes|ListSubscriptions(ByTopic)?|(Get|Put)DataProtectionPolicy|\w*(Platform|Endpoint|SMS|PhoneNumber|OriginationNumber)\w*)$/;

export interface Sns extends QueryService {
  /** The newest messages of a topic (by name or ARN) or of all, oldest first; undefined for no such topic. */
  notices(topic: string | undefined): readonly PublishedMessage[] | undefined;
  close(): void;
}

export function createSns(topics: Topics, context: ServiceContext): Sns {
  return {
    name: 'sns',
    async run(call) {
      const name = call.parameters.get('Action') ?? '';
      const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
      if (operation) return queryAnswer(name, NAMESPACE, operation({ ...call, topics }), call.context.requestId);
      if (MISSING.test(name)) throw notImplemented(`${name} of SNS`);
      const version = call.parameters.get('Version') ?? 'NO_VERSION_SPECIFIED';
      throw new WireError('InvalidAction', `Could not find operation ${name} for version ${version}`);
    },
    fail: (error, { requestId }) => queryErrorAnswer(error, NAMESPACE, 'InternalError', requestId),
    notices(asked) {
      const all = topics.list();
      const chosen = all.filter(({ name }) => asked === undefined || asked === name || asked === arnOf(context, name));
      if (asked !== undefined && chosen.length === 0) return undefined;
      const found = chosen.flatMap(({ name }) => topics.messages(name));
      return found.sort((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0));
    },
    close: () => topics.close(),
  };
}
