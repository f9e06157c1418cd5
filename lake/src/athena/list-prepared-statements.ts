import { structure } from '../shape/shape.ts';
import { workgroupNamed } from './get-work-group.ts';
import { operation } from './operation.ts';
import { pageOf } from './page.ts';
import { paging, workGroupName } from './shapes.ts';

interface Input {
  readonly WorkGroup: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

export const listPreparedStatements = operation<Input>(
  structure({ ...paging(50), 'WorkGroup!': workGroupName }),
  (input, call) => {
    workgroupNamed(call, input.WorkGroup);
    const all = [...call.settings.prepared(input.WorkGroup).values()];
    const page = pageOf(all, input, (statement) => statement.StatementName);
    const shown = page.items.map(({ StatementName, LastModifiedTime }) => ({ StatementName, LastModifiedTime }));
    return { PreparedStatements: shown, ...page.token };
  },
);
