import type { S3Operation } from './call.ts';
import { needEntry } from './entry.ts';
import { describe } from './get-object.ts';

export const headObject: S3Operation = {
  name: 'HeadObject',
  async run(call) {
    const { range: _, ...answer } = describe(needEntry(call), call);
    return answer;
  },
};
