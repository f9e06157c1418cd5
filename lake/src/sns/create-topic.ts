import { attributesIn, attributesOf, tagsIn } from './attributes.ts';
import { arnOf, invalid, isTopicName, notImplemented, type SnsOperation } from './operation.ts';

/** A topic that is there is answered, unless it is asked for with other attributes or tags. */
export const createTopic: SnsOperation = (call) => {
  const name = call.parameters.get('Name') ?? '';
  if (name.endsWith('.fifo')) throw notImplemented('FIFO topics');
  if (!isTopicName(name)) throw invalid('Topic Name');
  const attributes = attributesIn(call);
  const tags = tagsIn(call);
  if (Object.keys(tags).length > 50) throw invalid('Tags Reason: more than 50');
  const there = call.topics.get(name);
  if (there) {
    const live = attributesOf(there, call.context);
    if (Object.entries(attributes).some(([key, value]) => live[key] !== value))
      throw invalid('Attributes Reason: Topic already exists with different attributes');
    if (Object.entries(tags).some(([key, value]) => there.tags[key] !== value))
      throw invalid('Tags Reason: Topic already exists with different tags');
  } else call.topics.put({ name, attributes, tags });
  return [['TopicArn', arnOf(call.context, name)]];
};
