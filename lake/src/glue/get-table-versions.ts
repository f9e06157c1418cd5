import type { GlueTable } from '../catalog/catalog.ts';
import { operation } from './operation.ts';
import { pageOf } from './page.ts';
import { presentTable } from './present.ts';
import { ofTable, paging, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

export const getTableVersions = operation<Input>(request({ ...ofTable, ...paging(100) }), (input, { catalog }) => {
  const versions = catalog.tableVersions(input.DatabaseName, input.TableName);
  const page = pageOf(versions, input, { size: 100, key: newestFirst });
  return {
    TableVersions: page.items.map((table) => ({ Table: presentTable(table), VersionId: table.VersionId })),
    ...page.token,
  };
});

/** Version numbers as text that sorts downwards. */
function newestFirst(table: GlueTable): readonly string[] {
  return [String(Number.MAX_SAFE_INTEGER - Number(table.VersionId)).padStart(16, '0')];
}
