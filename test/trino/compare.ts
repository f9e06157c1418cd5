import type { Answer, Column } from './statements.ts';

type Row = readonly (string | null)[];

/** What differs between two engines' answers to one statement, in a few words; nothing where they agree. */
export function difference(trino: Answer, lake: Answer): string | undefined {
  if ('error' in trino) {
    if (!('error' in lake)) return `Trino refuses it with ${trino.error} (${trino.message}), the lake answers`;
    return trino.error === lake.error ? undefined : `Trino refuses it with ${trino.error}, the lake: ${lake.message}`;
  }
  if ('error' in lake) return `the lake refuses it: ${lake.message}`;
  return columnDifference(trino.columns, lake.columns) ?? rowDifference(trino.columns, trino.rows, lake.rows);
}

function columnDifference(trino: readonly Column[], lake: readonly Column[]): string | undefined {
  const text = (columns: readonly Column[]) =>
    columns.map(({ name, type }) => `${name} ${clientType(type)}`).join(', ');
  const [a, b] = [text(trino), text(lake)];
  return a === b ? undefined : `columns: Trino ${a}; the lake ${b}`;
}

/** Athena's API calls a real a float, and says of nested and zoned types only which they are. */
function clientType(type: string): string {
  if (type === 'real') return 'float';
  if (type.startsWith('decimal(') || type.startsWith('varchar(') || type.startsWith('char(')) return type;
  return type.replace(/\(.*\)/, '');
}

function rowDifference(columns: readonly Column[], trino: readonly Row[], lake: readonly Row[]): string | undefined {
  if (trino.length !== lake.length) return `Trino has ${trino.length} rows, the lake ${lake.length}`;
  const floats = columns.map(({ type }) => type === 'double' || type === 'real');
  const [a, b] = [sorted(trino, floats), sorted(lake, floats)];
  for (const [index, row] of a.entries())
    if (!row.every((value, column) => sameValue(value, b[index]![column]!, floats[column]!)))
      return `a row: Trino ${JSON.stringify(row)}, the lake ${JSON.stringify(b[index])}`;
  return undefined;
}

/** Rows as a multiset: in one order, by which doubles that are nearly alike come to stand together. */
function sorted(rows: readonly Row[], floats: readonly boolean[]): readonly Row[] {
  const key = (row: Row) =>
    JSON.stringify([
      ...row.filter((_, column) => !floats[column]),
      ...row.filter((_, column) => floats[column]).map((value) => value && Number(value).toPrecision(7)),
    ]);
  return rows
    .map((row) => ({ row, key: key(row) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}

function sameValue(a: string | null, b: string | null, float: boolean): boolean {
  if (a === b) return true;
  if (!float || a === null || b === null) return false;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
}
