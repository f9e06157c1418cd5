import { operation } from './operation.ts';
import { pageOf } from './page.ts';
import { presentDatabase } from './present.ts';
import { paging, request } from './shapes.ts';

interface Input {
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

export const getDatabases = operation<Input>(request(paging(100)), (input, { catalog }) => {
  const page = pageOf(catalog.databases(), input, { size: 100, key: (database) => [database.Name] });
  return { DatabaseList: page.items.map(presentDatabase), ...page.token };
});
