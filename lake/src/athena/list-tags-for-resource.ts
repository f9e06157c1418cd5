import { integer, structure } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { pageOf } from './page.ts';
import { requireTaggable } from './resource-tags.ts';
import { arn, pageToken } from './shapes.ts';

interface Input {
  readonly ResourceARN: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

export const listTagsForResource = operation<Input>(
  structure({ 'ResourceARN!': arn, NextToken: pageToken, MaxResults: integer({ min: 75 }) }),
  (input, call) => {
    requireTaggable(input.ResourceARN, call);
    const tags = Object.entries(call.settings.tags(input.ResourceARN));
    const page = pageOf(tags, { ...input, MaxResults: input.MaxResults ?? 75 }, ([key]) => key);
    return { Tags: page.items.map(([Key, Value]) => ({ Key, Value })), ...page.token };
  },
);
