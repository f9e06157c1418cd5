import { structure, text } from '../shape/shape.ts';
import { databaseNamed, shownDatabase } from './data-catalog.ts';
import { operation } from './operation.ts';
import { catalogName, workGroupName } from './shapes.ts';

interface Input {
  readonly CatalogName: string;
  readonly DatabaseName: string;
}

export const getDatabase = operation<Input>(
  structure({ 'CatalogName!': catalogName, 'DatabaseName!': text({ min: 1, max: 128 }), WorkGroup: workGroupName }),
  (input, call) => ({ Database: shownDatabase(databaseNamed(call, input.CatalogName, input.DatabaseName)) }),
);
