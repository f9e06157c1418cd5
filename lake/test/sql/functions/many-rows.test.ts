import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withShortDecimals } from '../../../src/sql/functions/decimal-mode.ts';
import { compileQuery, textQuery } from '../../../src/sql/index.ts';
import { relations } from '../../oracle/tables.ts';
import { openSession } from '../session.ts';

const connection = await openSession();

async function rows(sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

async function run(sql: string): Promise<unknown[][]> {
  return rows(textQuery(compileQuery(sql, { relations, defaultDatabase: 'oracle' })));
}

test('functions in JavaScript are right in every row of a chunk', async () => {
  const numbers = '(SELECT i FROM range(10000) AS r(i))';
  const checks = [
    "weir_split(i || ',' || (i + 1), ',', 10) = [i || '', (i + 1) || '']",
    "weir_regexp_extract(i || 'q' || (i + 1), '(\\d+)q(\\d+)', 2) = (i + 1) || ''",
    "weir_strpos(CASE WHEN i % 5 = 0 THEN NULL ELSE repeat('a', (i % 50)::INT) || 'b' END, 'b', 1) IS NOT DISTINCT FROM CASE WHEN i % 5 = 0 THEN NULL ELSE i % 50 + 1 END",
    'weir_parse_double((i / 7)::VARCHAR) = i / 7',
    'lower(hex(weir_md5(encode(i::VARCHAR)))) = md5(i::VARCHAR)',
    "weir_format('%s-%s', ['i:' || i, CASE WHEN i % 3 = 0 THEN NULL ELSE 's:x' END]) = i || CASE WHEN i % 3 = 0 THEN '-null' ELSE '-x' END",
  ];
  for (const check of checks) {
    assert.deepEqual(await rows(`SELECT count(*)::INT FROM ${numbers} WHERE ${check}`), [[10000]], check);
  }
});

test('TRY gives null for the rows that fail, also where what fails is written twice', async () => {
  const values = "(VALUES '0', 'x', '5') AS t(x)";
  assert.deepEqual(await run(`SELECT TRY(10 / CAST(x AS integer) + 10 / CAST(x AS integer)) FROM ${values}`), [
    [null],
    [null],
    ['4'],
  ]);
});

test('one call of random has one value, however often it is compared', async () => {
  const never = [
    "CASE random(2) WHEN 0 THEN 'a' WHEN 1 THEN 'b' END IS NULL",
    'CAST(random(2) AS double) NOT IN (0e0, 1e0)',
    'random() BETWEEN 0.6e0 AND 0.4e0',
    'coalesce(nullif(random(2), 0), 1) <> 1',
  ];
  for (const condition of never) {
    const sql = `SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS t(n) WHERE ${condition}`;
    assert.deepEqual(await run(sql), [['0']], condition);
  }
});

test('a later condition is not evaluated where an earlier one decides', async () => {
  const values = '(VALUES 0, 5) AS t(x)';
  assert.deepEqual(await run(`SELECT x <> 0 AND 10 / x > 1, x = 0 OR 10 / x > 1 FROM ${values}`), [
    ['false', 'true'],
    ['true', 'true'],
  ]);
});

test('decimals are short as long as that does, and then as long as they must be', async () => {
  const sql = "SELECT x * y FROM (VALUES (DECIMAL '9999999999999999.99', DECIMAL '1000000.01')) AS t(x, y)";
  const texts: string[] = [];
  const result = await withShortDecimals(() => {
    texts.push(textQuery(compileQuery(sql, { relations, defaultDatabase: 'oracle' })));
    return rows(texts.at(-1)!);
  });
  assert.deepEqual(result, [['10000000099999999989999.9999']]);
  assert.equal(texts.length, 2);
});
