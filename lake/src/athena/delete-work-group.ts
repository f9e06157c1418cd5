import { boolean, structure } from '../shape/shape.ts';
import { workgroupNamed } from './get-work-group.ts';
import { operation, refused } from './operation.ts';
import { workGroupArn } from './resource-tags.ts';
import { workGroupName } from './shapes.ts';

interface Input {
  readonly WorkGroup: string;
  readonly RecursiveDeleteOption?: boolean;
}

export const deleteWorkGroup = operation<Input>(
  structure({ 'WorkGroup!': workGroupName, RecursiveDeleteOption: boolean }),
  async (input, call) => {
    const { Name } = workgroupNamed(call, input.WorkGroup);
    if (Name === 'primary') throw refused('The primary workgroup cannot be deleted.');
    const named = [...call.settings.named().values()].some((query) => query.WorkGroup === Name);
    const used = named || call.settings.prepared(Name).size > 0 || call.history.hasAny(Name);
    if (used && !input.RecursiveDeleteOption) throw refused(`WorkGroup ${Name} is not empty`);
    await call.settings.change({ kind: 'drop-workgroup', name: Name });
    await call.settings.change({ kind: 'tags', arn: workGroupArn(call, Name), tags: {} });
    return {};
  },
);
