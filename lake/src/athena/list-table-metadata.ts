import { tablePattern } from '../glue/table-pattern.ts';
import { structure, text } from '../shape/shape.ts';
import { WireError } from '../wire/json-service.ts';
import { databaseNamed, tableMetadata } from './data-catalog.ts';
import { metadataError, operation } from './operation.ts';
import { pageOf } from './page.ts';
import { catalogName, paging, workGroupName } from './shapes.ts';

interface Input {
  readonly CatalogName: string;
  readonly DatabaseName: string;
  readonly Expression?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

export const listTableMetadata = operation<Input>(
  structure({
    'CatalogName!': catalogName,
    'DatabaseName!': text({ min: 1, max: 128 }),
    Expression: text({ max: 256 }),
    ...paging(50),
    WorkGroup: workGroupName,
  }),
  (input, call) => {
    const { Name } = databaseNamed(call, input.CatalogName, input.DatabaseName);
    const matches = input.Expression ? pattern(input.Expression) : () => true;
    const tables = call.catalog.tables(Name).filter((table) => matches(table.Name));
    const page = pageOf(tables, input, (table) => table.Name);
    return { TableMetadataList: page.items.map(tableMetadata), ...page.token };
  },
);

function pattern(expression: string): (name: string) => boolean {
  try {
    return tablePattern(expression);
  } catch (error) {
    throw error instanceof WireError ? metadataError(error.message) : error;
  }
}
