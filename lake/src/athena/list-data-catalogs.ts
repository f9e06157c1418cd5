import { structure } from '../shape/shape.ts';
import { DATA_CATALOG } from './data-catalog.ts';
import { operation } from './operation.ts';
import { paging, workGroupName } from './shapes.ts';

export const listDataCatalogs = operation<object>(structure({ ...paging(50, 2), WorkGroup: workGroupName }), () => ({
  DataCatalogsSummary: [{ CatalogName: DATA_CATALOG, Type: 'GLUE' }],
}));
