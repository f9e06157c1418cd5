import { type SnsOperation, topicNameOf } from './operation.ts';

/** One that is not there is no error. */
export const deleteTopic: SnsOperation = (call) => {
  call.topics.delete(topicNameOf(call, 'TopicArn'));
  return [];
};
