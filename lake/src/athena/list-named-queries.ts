import { structure } from '../shape/shape.ts';
import { workgroupNamed } from './get-work-group.ts';
import { operation } from './operation.ts';
import { pageOf } from './page.ts';
import { paging, workGroupName } from './shapes.ts';

interface Input {
  readonly WorkGroup?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

export const listNamedQueries = operation<Input>(
  structure({ ...paging(50, 0), WorkGroup: workGroupName }),
  (input, call) => {
    const { Name } = workgroupNamed(call, input.WorkGroup ?? 'primary');
    const own = [...call.settings.named().values()].filter((query) => query.WorkGroup === Name);
    const page = pageOf(own, input, (query) => query.NamedQueryId);
    return { NamedQueryIds: page.items.map((query) => query.NamedQueryId), ...page.token };
  },
);
