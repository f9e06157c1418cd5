import { list, text } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { requireTaggable } from './resource-tags.ts';
import { arn, request } from './shapes.ts';

interface Input {
  readonly ResourceArn: string;
  readonly TagsToRemove: readonly string[];
}

export const untagResource = operation<Input>(
  request({ 'ResourceArn!': arn, 'TagsToRemove!': list(text({ min: 1, max: 128 }), { max: 50 }) }),
  async (input, call) => {
    requireTaggable(input.ResourceArn, call);
    const left = Object.entries(call.catalog.tags(input.ResourceArn)).filter(
      ([key]) => !input.TagsToRemove.includes(key),
    );
    await call.catalog.setTags(input.ResourceArn, Object.fromEntries(left));
    return {};
  },
);
