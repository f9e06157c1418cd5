import type { GlueTable } from '../catalog/catalog.ts';
import { integer, list, oneOf, structure, text } from '../shape/shape.ts';
import { invalid, operation } from './operation.ts';
import { presentTable } from './present.ts';
import { request } from './shapes.ts';

type Comparator = 'EQUALS' | 'GREATER_THAN' | 'LESS_THAN' | 'GREATER_THAN_EQUALS' | 'LESS_THAN_EQUALS';

interface Filter {
  readonly Key?: string;
  readonly Value?: string;
  readonly Comparator?: Comparator;
}

interface Input {
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly SearchText?: string;
  readonly Filters?: readonly Filter[];
  readonly SortCriteria?: readonly { readonly FieldName?: string; readonly Sort?: 'ASC' | 'DESC' }[];
}

const word = text({ min: 1, max: 1024 });
const comparators = ['EQUALS', 'GREATER_THAN', 'LESS_THAN', 'GREATER_THAN_EQUALS', 'LESS_THAN_EQUALS'];

export const searchTables = operation<Input>(
  request({
    NextToken: text(),
    MaxResults: integer({ min: 1, max: 1000 }),
    SearchText: word,
    Filters: list(structure({ Key: word, Value: word, Comparator: oneOf(...comparators) })),
    SortCriteria: list(structure({ FieldName: word, Sort: oneOf('ASC', 'DESC') }), { max: 1 }),
  }),
  (input, { catalog }) => {
    const tests = [...(input.Filters ?? []).map(filterTest), searchTest(input.SearchText)];
    const all = catalog.databases().flatMap((database) => catalog.tables(database.Name));
    const found = sorted(
      all.filter((table) => tests.every((test) => test(table))),
      input.SortCriteria?.[0],
    );
    const start = startOf(input.NextToken);
    const end = start + (input.MaxResults ?? 1000);
    return {
      TableList: found.slice(start, end).map(presentTable),
      ...(end < found.length ? { NextToken: String(end) } : {}),
    };
  },
);

type Test = (table: GlueTable) => boolean;

function startOf(token: string | undefined): number {
  if (!token) return 0;
  if (!/^\d{1,9}$/.test(token)) throw invalid('The pagination token is not valid.');
  return Number(token);
}

/** In quotes: one of the table's texts equals it. Without: one of them holds it. */
function searchTest(search: string | undefined): Test {
  if (search === undefined) return () => true;
  const exact = /^"(.*)"$/s.exec(search)?.[1]?.toLowerCase();
  const wanted = search.toLowerCase();
  return (table) =>
    textsOf(table).some((each) =>
      exact === undefined ? each.toLowerCase().includes(wanted) : each.toLowerCase() === exact,
    );
}

function textsOf(table: GlueTable): string[] {
  const columns = [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])];
  return [
    table.Name,
    table.DatabaseName,
    table.Description ?? '',
    table.Owner ?? '',
    ...columns.flatMap((column) => [column.Name, column.Comment ?? '']),
    ...Object.entries(table.Parameters ?? {}).flat(),
  ];
}

const TIMES = new Map<string, (table: GlueTable) => number>([
  ['createtime', (table) => table.CreateTime],
  ['updatetime', (table) => table.UpdateTime],
]);

const TEXTS = new Map<string, (table: GlueTable) => string | undefined>([
  ['name', (table) => table.Name],
  ['databasename', (table) => table.DatabaseName],
  ['description', (table) => table.Description],
  ['owner', (table) => table.Owner],
  ['tabletype', (table) => table.TableType],
  ['catalogid', (table) => table.CatalogId],
]);

/** Text is cut into words at punctuation and each is compared whole, as AWS documents; times compare by Comparator. */
function filterTest(filter: Filter): Test {
  const key = (filter.Key ?? '').toLowerCase();
  const value = filter.Value ?? '';
  const time = TIMES.get(key);
  if (time) {
    const wanted = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1000;
    if (Number.isNaN(wanted)) throw invalid(`The value of the filter ${filter.Key} is not a time.`);
    return (table) => compares(filter.Comparator ?? 'EQUALS', time(table) - wanted);
  }
  const lower = value.toLowerCase();
  const read = TEXTS.get(key) ?? ((table: GlueTable) => table.Parameters?.[filter.Key ?? '']);
  return (table) => {
    const found = read(table)?.toLowerCase();
    return found !== undefined && (found === lower || found.split(/[^\p{L}\p{N}_]+/u).includes(lower));
  };
}

function compares(comparator: Comparator, difference: number): boolean {
  switch (comparator) {
    case 'EQUALS':
      return difference === 0;
    case 'GREATER_THAN':
      return difference > 0;
    case 'LESS_THAN':
      return difference < 0;
    case 'GREATER_THAN_EQUALS':
      return difference >= 0;
    case 'LESS_THAN_EQUALS':
      return difference <= 0;
  }
}

function sorted(
  tables: readonly GlueTable[],
  by: { FieldName?: string; Sort?: 'ASC' | 'DESC' } | undefined,
): GlueTable[] {
  const field = (by?.FieldName ?? 'Name').toLowerCase();
  const read = TIMES.get(field) ?? TEXTS.get(field);
  if (!read) throw invalid(`Tables cannot be sorted by ${by?.FieldName}.`);
  const sign = by?.Sort === 'DESC' ? -1 : 1;
  return [...tables].sort((a, b) => {
    const left = read(a) ?? '';
    const right = read(b) ?? '';
    return left === right ? 0 : left < right ? -sign : sign;
  });
}
