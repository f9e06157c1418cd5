import { structure, text } from '../shape/shape.ts';
import { workgroupNamed } from './get-work-group.ts';
import { operation, refused } from './operation.ts';
import { queryString, statementName, workGroupName } from './shapes.ts';

interface Input {
  readonly StatementName: string;
  readonly WorkGroup: string;
  readonly QueryStatement: string;
  readonly Description?: string;
}

export const createPreparedStatement = operation<Input>(
  structure({
    'StatementName!': statementName,
    'WorkGroup!': workGroupName,
    'QueryStatement!': queryString,
    Description: text({ min: 1, max: 1024 }),
  }),
  async ({ WorkGroup, ...input }, call) => {
    workgroupNamed(call, WorkGroup);
    if (call.settings.prepared(WorkGroup).has(input.StatementName)) {
      throw refused(`PreparedStatement ${input.StatementName} already exists in workGroup ${WorkGroup}`);
    }
    const statement = { ...input, WorkGroupName: WorkGroup, LastModifiedTime: Date.now() / 1000 };
    await call.settings.change({ kind: 'prepared', statement });
    return {};
  },
);
