import { operation } from './operation.ts';
import { requireTaggable } from './resource-tags.ts';
import { arn, request } from './shapes.ts';

export const getTags = operation<{ readonly ResourceArn: string }>(request({ 'ResourceArn!': arn }), (input, call) => {
  requireTaggable(input.ResourceArn, call);
  return { Tags: call.catalog.tags(input.ResourceArn) };
});
