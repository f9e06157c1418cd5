import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { displayType } from '../../../src/sql/types/index.ts';
import { answer } from '../../oracle/judge.ts';
import { load } from '../../oracle/tables.ts';

/**
 * Statements about scopes, groups, joins, subqueries and windows with the answers of a real Trino (476) through an Athena
 * API: types without lengths, timestamps to the millisecond.
 */
interface Recorded {
  readonly sql: string;
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly (string | null)[])[];
  readonly error?: string;
}

const recorded = readFileSync(new URL('answers.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

/** Statements that are answered otherwise, with the reason. */
const known: Readonly<Record<string, string>> = {
  'SELECT a.x FROM (VALUES 1, 3) a(x) LEFT JOIN (VALUES 1) b(y) ON a.x = b.y AND EXISTS (SELECT 1 FROM (VALUES 1) c(z) WHERE z = a.x)':
    'a query that can be answered is refused there',
  'SELECT x FROM (VALUES 1, 3) u(x) WHERE x IN (SELECT y FROM (VALUES (1, 2)) v(y, z) WHERE y = x GROUP BY y HAVING count(*) > 0)':
    'a correlated subquery that can be answered is refused there',
};

let instance: DuckDBInstance;
let connection: DuckDBConnection;

before(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await load(connection);
});

after(() => {
  connection.closeSync();
  instance.closeSync();
});

function shown(value: string | null): string | null {
  if (value === null) return null;
  if (/^-?[\d.]+(?:E-?\d+)?$/.test(value)) return String(Number(value));
  return value.replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.000/, '$1');
}

function rowsOf(rows: readonly (readonly (string | null)[])[], ordered: boolean): string[] {
  const texts = rows.map((row) => JSON.stringify(row.map(shown)));
  return ordered ? texts : texts.toSorted();
}

function typeOf(shownType: string): string {
  const zone = shownType.endsWith('with time zone') ? ' with time zone' : '';
  return `${shownType.replace(/\(.*| with time zone/, '')}${zone}`.replace(/^real$/, 'float');
}

async function difference({ sql, columns, rows, error }: Recorded): Promise<string | undefined> {
  const given = await answer(sql, connection);
  if ('error' in given)
    return given.error.code === error
      ? undefined
      : `${given.error.code}: ${given.error.message}, wanted ${error ?? 'rows'}`;
  if (error) return `rows, wanted ${error}`;
  const types = given.compiled.columns.map(
    (column) => `${column.name.toLowerCase()}:${typeOf(displayType(column.type))}`,
  );
  if (types.join() !== columns!.map((column) => column.toLowerCase()).join())
    return `${types.join()}, wanted ${columns!.join()}`;
  const ordered = /ORDER BY (?!.*\))/.test(sql);
  const [mine, real] = [rowsOf(given.rows, ordered), rowsOf(rows!, ordered)];
  return mine.join('\n') === real.join('\n') ? undefined : `${mine.join(' ')}, wanted ${real.join(' ')}`;
}

test('a real Trino answers or refuses each statement the same way', async () => {
  const differences: string[] = [];
  const agree: string[] = [];
  for (const each of recorded) {
    const found = await difference(each);
    if (each.sql in known) {
      if (!found) agree.push(each.sql);
    } else if (found) differences.push(`${each.sql}\n  ${found}`);
  }
  assert.equal(differences.join('\n'), '');
  assert.deepEqual(agree, [], 'these agree now');
});
