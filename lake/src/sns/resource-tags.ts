import { membersOf } from '../wire/query-service.ts';
import type { XmlChild } from '../wire/xml.ts';
import { tagsIn } from './attributes.ts';
import { invalid, type SnsOperation, topicOf } from './operation.ts';

export const listTagsForResource: SnsOperation = (call) => {
  const tags = Object.entries(topicOf(call, 'ResourceArn').tags).map(([key, value]): XmlChild => {
    return [
      'member',
      [
        ['Key', key],
        ['Value', value],
      ],
    ];
  });
  return [['Tags', tags]];
};

export const tagResource: SnsOperation = (call) => {
  const topic = topicOf(call, 'ResourceArn');
  const tags = { ...topic.tags, ...tagsIn(call) };
  if (Object.keys(tags).length > 50) throw invalid('Tags Reason: more than 50');
  call.topics.put({ ...topic, tags });
  return [];
};

export const untagResource: SnsOperation = (call) => {
  const topic = topicOf(call, 'ResourceArn');
  const gone = new Set(membersOf(call.parameters, 'TagKeys.member').map((member) => member.get('')));
  const kept = Object.entries(topic.tags).filter(([key]) => !gone.has(key));
  call.topics.put({ ...topic, tags: Object.fromEntries(kept) });
  return [];
};
