import { list, structure, text } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { requireTaggable } from './resource-tags.ts';
import { arn } from './shapes.ts';

interface Input {
  readonly ResourceARN: string;
  readonly TagKeys: readonly string[];
}

export const untagResource = operation<Input>(
  structure({ 'ResourceARN!': arn, 'TagKeys!': list(text({ min: 1, max: 128 })) }),
  async (input, call) => {
    requireTaggable(input.ResourceARN, call);
    const left = Object.entries(call.settings.tags(input.ResourceARN)).filter(([key]) => !input.TagKeys.includes(key));
    await call.settings.change({ kind: 'tags', arn: input.ResourceARN, tags: Object.fromEntries(left) });
    return {};
  },
);
