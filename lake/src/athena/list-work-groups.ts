import { structure } from '../shape/shape.ts';
import { operation } from './operation.ts';
import { pageOf } from './page.ts';
import { paging } from './shapes.ts';

interface Input {
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

export const listWorkGroups = operation<Input>(structure(paging(50)), (input, { settings }) => {
  const page = pageOf(settings.workgroups(), input, (workgroup) => workgroup.Name);
  return {
    WorkGroups: page.items.map(({ Name, State, Description, CreationTime, Configuration }) => ({
      Name,
      State,
      Description,
      CreationTime,
      EngineVersion: Configuration.EngineVersion,
    })),
    ...page.token,
  };
});
