import type { RequestContext } from '../wire/json-service.ts';
import { membersOf } from '../wire/query-service.ts';
import type { XmlChild } from '../wire/xml.ts';
import { arnOf, invalid, notImplemented, type SnsCall } from './operation.ts';
import type { Topic } from './topics.ts';

/** Kept and given back, and that is all: nobody is refused, nothing is encrypted, delivered or traced. */
const KEPT: Readonly<Record<string, (value: string) => boolean>> = {
  DisplayName: (value) => [...value].length <= 100,
  Policy: isJson,
  DeliveryPolicy: isJson,
  KmsMasterKeyId: () => true,
  SignatureVersion: (value) => value === '1' || value === '2',
  TracingConfig: (value) => value === 'PassThrough' || value === 'Active',
};

const OF_FIFO = ['FifoTopic', 'ContentBasedDeduplication', 'FifoThroughputScope', 'ArchivePolicy'];

/** Checks an attribute that is to be set. */
export function checkAttribute(name: string, value: string): void {
  // Said of a topic that is none, this is as good as not said.
  if (OF_FIFO.includes(name) && value !== 'false') throw notImplemented('FIFO topics');
  if (/(Success|Failure)Feedback(RoleArn|SampleRate)$/.test(name))
    throw notImplemented('delivery, and so no log of it');
  if (OF_FIFO.includes(name)) return;
  const check = Object.hasOwn(KEPT, name) ? KEPT[name] : undefined;
  if (!check) throw invalid('AttributeName');
  if (!check(value)) throw invalid(`Attributes Reason: ${name}: the value is not allowed`);
}

/** The attributes that a CreateTopic asks for. */
export function attributesIn(call: SnsCall): Readonly<Record<string, string>> {
  const given = membersOf(call.parameters, 'Attributes.entry').map(
    (member) => [member.get('key') ?? '', member.get('value') ?? ''] as const,
  );
  for (const [name, value] of given) checkAttribute(name, value);
  return Object.fromEntries(given.filter(([name]) => !OF_FIFO.includes(name)));
}

/** The tags of a call, up to 50: https://docs.aws.amazon.com/sns/latest/dg/sns-tags.html */
export function tagsIn(call: SnsCall): Readonly<Record<string, string>> {
  const given = membersOf(call.parameters, 'Tags.member').map(
    (member) => [member.get('Key') ?? '', member.get('Value') ?? ''] as const,
  );
  const bad = given.find(([key, value]) => key === '' || key.length > 128 || value.length > 256);
  if (bad) throw invalid('Tags Reason: a key has 1 to 128 letters, a value up to 256');
  return Object.fromEntries(given);
}

/** Every attribute of a topic, those included that nobody set. */
export function attributesOf(topic: Topic, context: RequestContext): Readonly<Record<string, string>> {
  const arn = arnOf(context, topic.name);
  return {
    Policy: defaultPolicy(arn, context.account),
    Owner: context.account,
    SubscriptionsPending: '0',
    TopicArn: arn,
    EffectiveDeliveryPolicy: topic.attributes.DeliveryPolicy ?? DELIVERY,
    SubscriptionsConfirmed: '0',
    DisplayName: '',
    SubscriptionsDeleted: '0',
    ...topic.attributes,
  };
}

export function entries(values: Readonly<Record<string, string>>): readonly XmlChild[] {
  return Object.entries(values).map(([key, value]) => [
    'entry',
    [
      ['key', key],
      ['value', value],
    ],
  ]);
}

function defaultPolicy(arn: string, account: string): string {
  const names = ['GetTopicAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission', 'DeleteTopic'];
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Effect: 'Allow',
        Sid: '__default_statement_ID',
        Principal: { AWS: '*' },
        Action: [...names, 'Subscribe', 'ListSubscriptionsByTopic', 'Publish'].map((name) => `SNS:${name}`),
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  });
}

const DELIVERY = JSON.stringify({
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
});

function isJson(text: string): boolean {
  if (text === '') return true;
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
