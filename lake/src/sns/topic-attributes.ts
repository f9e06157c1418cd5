import { attributesOf, checkAttribute, entries } from './attributes.ts';
import { type SnsOperation, topicOf } from './operation.ts';

export const getTopicAttributes: SnsOperation = (call) => [
  ['Attributes', entries(attributesOf(topicOf(call), call.context))],
];

export const setTopicAttributes: SnsOperation = (call) => {
  const topic = topicOf(call);
  const name = call.parameters.get('AttributeName') ?? '';
  const value = call.parameters.get('AttributeValue') ?? '';
  checkAttribute(name, value);
  const { [name]: _, ...others } = topic.attributes;
  // Without a value the attribute is what it is where nobody has set it.
  call.topics.put({ ...topic, attributes: value === '' ? others : { ...others, [name]: value } });
  return [];
};
