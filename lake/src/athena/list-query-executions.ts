import { structure } from '../shape/shape.ts';
import { workgroupNamed } from './get-work-group.ts';
import { operation } from './operation.ts';
import { pageInOrder } from './page.ts';
import { paging, workGroupName } from './shapes.ts';

interface Input {
  readonly WorkGroup?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

/** Newest first. */
export const listQueryExecutions = operation<Input>(
  structure({ ...paging(50, 0), WorkGroup: workGroupName }),
  (input, call) => {
    const workgroup = workgroupNamed(call, input.WorkGroup ?? 'primary');
    const page = pageInOrder(call.history.ids(workgroup.Name), input);
    return { QueryExecutionIds: page.items, ...page.token };
  },
);
