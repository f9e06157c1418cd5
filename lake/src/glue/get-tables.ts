import { list, oneOf } from '../shape/shape.ts';
import { requireDatabase } from './get-table.ts';
import { operation } from './operation.ts';
import { pageOf } from './page.ts';
import { presentTable } from './present.ts';
import { expression, ofDatabase, paging, request } from './shapes.ts';
import { tablePattern } from './table-pattern.ts';

interface Input {
  readonly DatabaseName: string;
  readonly Expression?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly AttributesToGet?: readonly string[];
}

const attributes = list(oneOf('NAME', 'TABLE_TYPE'));

export const getTables = operation<Input>(
  request({ ...ofDatabase, ...paging(100), Expression: expression, AttributesToGet: attributes }),
  (input, call) => {
    requireDatabase(call, input.DatabaseName);
    const matches = input.Expression ? tablePattern(input.Expression) : () => true;
    const tables = call.catalog.tables(input.DatabaseName).filter((table) => matches(table.Name));
    const page = pageOf(tables, input, { size: 100, key: (table) => [table.Name] });
    const shown = page.items.map(presentTable);
    if (!input.AttributesToGet?.length) return { TableList: shown, ...page.token };
    const some = shown.map(({ Name, TableType }) => ({
      Name,
      ...(TableType !== undefined && input.AttributesToGet?.includes('TABLE_TYPE') ? { TableType } : {}),
    }));
    return { TableList: some, ...page.token };
  },
);
