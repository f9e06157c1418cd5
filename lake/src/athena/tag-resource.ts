import { list, structure } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { mergedTags, requireTaggable } from './resource-tags.ts';
import { arn, tag } from './shapes.ts';

interface Input {
  readonly ResourceARN: string;
  readonly Tags: readonly { readonly Key: string; readonly Value?: string }[];
}

export const tagResource = operation<Input>(
  structure({ 'ResourceARN!': arn, 'Tags!': list(tag) }),
  async (input, call) => {
    requireTaggable(input.ResourceARN, call);
    const tags = mergedTags(call.settings.tags(input.ResourceARN), input.Tags);
    await call.settings.change({ kind: 'tags', arn: input.ResourceARN, tags });
    return {};
  },
);
