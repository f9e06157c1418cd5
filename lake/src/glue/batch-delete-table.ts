import { list } from '../shape/shape.ts';
import { requireDatabase } from './get-table.ts';
import { errorDetail, notFound, operation } from './operation.ts';
import { name, ofDatabase, request } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TablesToDelete: readonly string[];
}

export const batchDeleteTable = operation<Input>(
  request({ ...ofDatabase, 'TablesToDelete!': list(name, { max: 100 }) }),
  async (input, call) => {
    requireDatabase(call, input.DatabaseName);
    const wanted = [...new Set(input.TablesToDelete.map((table) => table.toLowerCase()))];
    const there = wanted.filter((table) => call.catalog.table(input.DatabaseName, table));
    if (there.length) await call.catalog.deleteTables(input.DatabaseName, there);
    const missing = wanted.filter((table) => !there.includes(table));
    return {
      Errors: missing.map((table) => ({
        TableName: table,
        ErrorDetail: errorDetail(notFound(`Table ${table} not found.`)),
      })),
    };
  },
);
