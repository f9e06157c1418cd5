import { structure, text } from '../shape/shape.ts';
import { databaseNamed, tableMetadata } from './data-catalog.ts';
import { metadataError, operation } from './operation.ts';
import { catalogName, workGroupName } from './shapes.ts';

interface Input {
  readonly CatalogName: string;
  readonly DatabaseName: string;
  readonly TableName: string;
}

const name = text({ min: 1, max: 128 });

export const getTableMetadata = operation<Input>(
  structure({ 'CatalogName!': catalogName, 'DatabaseName!': name, 'TableName!': name, WorkGroup: workGroupName }),
  (input, call) => {
    databaseNamed(call, input.CatalogName, input.DatabaseName);
    const table = call.catalog.table(input.DatabaseName, input.TableName);
    if (!table) throw metadataError(`Table ${input.TableName} not found`);
    return { TableMetadata: tableMetadata(table) };
  },
);
