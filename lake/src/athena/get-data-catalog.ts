import { structure } from '../shape/shape.ts';
import { DATA_CATALOG, requireDataCatalog } from './data-catalog.ts';
import { operation, refused } from './operation.ts';
import { catalogName, workGroupName } from './shapes.ts';

export const getDataCatalog = operation<{ readonly Name: string }>(
  structure({ 'Name!': catalogName, WorkGroup: workGroupName }),
  ({ Name }, { account }) => {
    requireDataCatalog(Name, refused);
    return { DataCatalog: { Name: DATA_CATALOG, Type: 'GLUE', Parameters: { 'catalog-id': account } } };
  },
);
