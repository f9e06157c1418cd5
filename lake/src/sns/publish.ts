import { randomUUID } from 'node:crypto';
import { messageAttributesIn } from './message-attributes.ts';
import { arnOf, invalid, notImplemented, type SnsCall, type SnsOperation, topicOf } from './operation.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: message and attributes together. */
const MOST_BYTES = 262_144;

/** Keeps the message with its topic. */
export const publish: SnsOperation = (call) => {
  const { parameters } = call;
  if (parameters.has('PhoneNumber')) throw notImplemented('text messages to telephones');
  const topic = topicOf(call, parameters.has('TopicArn') || !parameters.has('TargetArn') ? 'TopicArn' : 'TargetArn');
  const message = parameters.get('Message') ?? '';
  if (message === '') throw invalid('Empty message');
  checkStructure(parameters.get('MessageStructure'), message);
  checkDeduplication(call);
  const subject = subjectIn(call);
  const attributes = messageAttributesIn(call);
  const texts = Object.entries(attributes).flatMap(([name, { type, value }]) => [name, type, value]);
  if ([message, ...texts].reduce((sum, text) => sum + Buffer.byteLength(text), 0) > MOST_BYTES)
    throw invalid('Message too long');
  const messageId = randomUUID();
  call.topics.publish(topic.name, {
    messageId,
    topic: arnOf(call.context, topic.name),
    time: new Date().toISOString(),
    ...(subject === undefined ? {} : { subject }),
    message,
    attributes,
  });
  return [['MessageId', messageId]];
};

/** No line breaks or control characters, and not too long for the subject of a mail. */
function subjectIn({ parameters }: SnsCall): string | undefined {
  const subject = parameters.get('Subject');
  if (subject === undefined) return undefined;
  if (subject.trim() === '' || [...subject].length > 100 || /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(subject))
    throw invalid('Subject');
  return subject;
}

/** `json`: an object with a text for each protocol, `default` among them. */
function checkStructure(structure: string | undefined, message: string): void {
  if (structure === undefined || structure === '') return;
  if (structure !== 'json') throw invalid('MessageStructure');
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  const { default: text } = (parsed ?? {}) as { readonly default?: unknown };
  if (typeof text !== 'string') throw invalid('Message Structure - No default entry in JSON message body');
}

function checkDeduplication({ parameters }: SnsCall): void {
  if (parameters.has('MessageDeduplicationId'))
    throw invalid(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
}
