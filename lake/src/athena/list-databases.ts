import { structure } from '../shape/shape.ts';
import { requireDataCatalog, shownDatabase } from './data-catalog.ts';
import { metadataError, operation } from './operation.ts';
import { pageOf } from './page.ts';
import { catalogName, paging, workGroupName } from './shapes.ts';

interface Input {
  readonly CatalogName: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

export const listDatabases = operation<Input>(
  structure({ 'CatalogName!': catalogName, ...paging(50), WorkGroup: workGroupName }),
  (input, { catalog }) => {
    requireDataCatalog(input.CatalogName, metadataError);
    const page = pageOf(catalog.databases(), input, (database) => database.Name);
    return { DatabaseList: page.items.map(shownDatabase), ...page.token };
  },
);
