import { invalid, operation } from './operation.ts';
import { requireTaggable } from './resource-tags.ts';
import { arn, request, tags } from './shapes.ts';

interface Input {
  readonly ResourceArn: string;
  readonly TagsToAdd: Readonly<Record<string, string>>;
}

const MOST = 50;

export const tagResource = operation<Input>(
  request({ 'ResourceArn!': arn, 'TagsToAdd!': tags }),
  async (input, call) => {
    requireTaggable(input.ResourceArn, call);
    const merged = { ...call.catalog.tags(input.ResourceArn), ...input.TagsToAdd };
    if (Object.keys(merged).length > MOST) throw invalid(`A resource can have ${MOST} tags.`);
    await call.catalog.setTags(input.ResourceArn, merged);
    return {};
  },
);
