import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { compileRequest } from '../../src/engine/compile.ts';
import { BUCKET, openTestLake, type TestLake } from './harness.ts';

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
  await lake.execute(
    `CREATE EXTERNAL TABLE t (a string, b string) PARTITIONED BY (p int) STORED AS TEXTFILE LOCATION 's3://${BUCKET}/t/'`,
  );
  for (const p of [1, 2, 3]) await lake.put(`t/p=${p}/x`, `${'x'.repeat(p * 10)}\u0001y\n`);
  await lake.execute('MSCK REPAIR TABLE t');
});
after(() => lake.close());

const DIGITS = '(VALUES 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)';

test('bytes scanned are those of the partitions that match', async () => {
  assert.equal((await lake.execute('SELECT a FROM t')).bytesScanned, 69);
  assert.equal((await lake.execute('SELECT a FROM t WHERE p = 2')).bytesScanned, 23);
  assert.equal((await lake.execute('SELECT a FROM t WHERE p IN (1, 3)')).bytesScanned, 46);
  assert.equal((await lake.execute('SELECT a FROM t WHERE p > 9')).bytesScanned, 0);
  assert.equal((await lake.execute('SELECT x.a FROM t x, t y WHERE x.p = 1 AND y.p = 2')).bytesScanned, 36);
});

test('a query sees at once what another call has done to the partitions', async () => {
  const table = `CREATE EXTERNAL TABLE m (a string) PARTITIONED BY (p int) STORED AS TEXTFILE LOCATION 's3://${BUCKET}/m/'`;
  await lake.execute(table);
  for (const p of [1, 2, 3, 4]) await lake.put(`m/p=${p}/x`, `a${p}\n`);
  await lake.put('m/elsewhere/x', 'b2\n');
  const seen = () => lake.rows('SELECT a FROM m WHERE p > 1 ORDER BY p');
  const input = (p: string, folder: string) => ({
    Values: [p],
    StorageDescriptor: {
      ...lake.catalog.table('default', 'm')!.StorageDescriptor!,
      Location: `s3://${BUCKET}/m/${folder}/`,
    },
  });
  const steps: readonly (readonly [change: () => Promise<unknown>, rows: readonly string[]])[] = [
    [async () => undefined, []],
    [() => lake.execute('ALTER TABLE m ADD PARTITION (p = 2)'), ['a2']],
    [() => lake.catalog.createPartitions('default', 'm', [input('3', 'p=3'), input('1', 'p=1')]), ['a2', 'a3']],
    [() => lake.catalog.updatePartition('default', 'm', ['2'], input('2', 'elsewhere')), ['b2', 'a3']],
    [() => lake.catalog.updatePartition('default', 'm', ['3'], input('4', 'p=4')), ['b2', 'a4']],
    [() => lake.catalog.deletePartitions('default', 'm', [['2']]), ['a4']],
    [() => lake.execute('DROP TABLE m').then(() => lake.execute(table)), []],
    [() => lake.execute('MSCK REPAIR TABLE m'), ['a2', 'a3', 'a4']],
  ];
  for (const [at, [change, rows]] of steps.entries()) {
    await change();
    for (let again = 0; again < 2; again += 1)
      assert.deepEqual(
        (await seen()).map(([a]) => a),
        rows,
        `step ${at}`,
      );
  }
});

test('bytes scanned of Parquet are those of the columns that are read', async () => {
  await lake.execute(
    `CREATE TABLE cols WITH (external_location='s3://${BUCKET}/cols/') AS SELECT 1 AS n, 'some text' AS s`,
  );
  const [all, one, none] = await Promise.all(
    ['SELECT n, s FROM cols', 'SELECT n FROM cols', 'SELECT 1 FROM cols'].map(
      async (sql) => (await lake.execute(sql)).bytesScanned,
    ),
  );
  assert.ok(all! > one! && one! > 0, `${all} ${one}`);
  assert.equal(none, 0);
});

const skipping: readonly (readonly [condition: string, groups: number])[] = [
  ['n = 7', 1],
  ['n IN (7, 25)', 2],
  ['n BETWEEN 8 AND 12', 2],
  ['n >= 20', 1],
  ['n > 29', 0],
  ["s = 'b5'", 1],
  ["d = DATE '2024-01-15'", 1],
  ["d < DATE '2024-01-11' OR d > DATE '2024-01-25'", 2],
  ["ts >= TIMESTAMP '2024-01-21 00:00:00'", 1],
  ['m < 1.00', 1],
  ['n + 1 = 7', 3],
  ["s LIKE 'b%'", 3],
  ['n = 7 AND m > 1.5', 0],
  ['n IS NOT NULL', 3],
];

test('row groups that the footers rule out are not counted', async () => {
  // Three files of ten rows stand for three row groups: 0-9, 10-19 and 20-29.
  await lake.execute(
    `CREATE EXTERNAL TABLE g (n int, s string, d date, ts timestamp, m decimal(6,2)) STORED AS PARQUET LOCATION 's3://${BUCKET}/g/'`,
  );
  for (const [i, letter] of ['a', 'b', 'c'].entries()) {
    const n = `${i * 10} + x`;
    await lake.execute(
      `INSERT INTO g SELECT ${n}, '${letter}' || CAST(x AS varchar), date_add('day', ${n}, DATE '2024-01-01'), ` +
        `CAST(date_add('day', ${n}, DATE '2024-01-01') AS timestamp), CAST((${n}) / 10.0 AS decimal(6,2)) FROM ${DIGITS} AS v(x)`,
    );
  }
  const column = 'n, s, d, ts, m';
  const whole = (await lake.execute(`SELECT ${column} FROM g`)).bytesScanned;
  for (const [condition, groups] of skipping) {
    const { bytesScanned } = await lake.execute(`SELECT ${column} FROM g WHERE ${condition}`);
    const share = (bytesScanned / whole) * 3;
    assert.ok(Math.abs(share - groups) < 0.2, `${condition}: ${share} of 3 row groups, not ${groups}`);
  }
});

test('the scan limit of the workgroup stops a query before it runs', async () => {
  const workgroup = { name: 'w', enforcedLocation: false, scanLimit: 68 };
  await assert.rejects(lake.execute('SELECT a FROM t', { workgroup }), {
    message: 'Query cancelled! : Bytes scanned limit was exceeded',
    bytesScanned: 69,
    cancelled: true,
  });
  assert.equal((await lake.rows('SELECT p FROM t WHERE p = 1', { workgroup })).length, 1);
});

test('an aborted query ends soon and leaves the engine usable', async () => {
  const controller = new AbortController();
  const many = `SELECT max(a.n) FROM ${Array.from({ length: 9 }, (_, i) => `${DIGITS} AS t${i}(n${i})`).join(', ')}`;
  const sql = many.replace('max(a.n)', Array.from({ length: 9 }, (_, i) => `n${i}`).join(' + '));
  const running = lake.execute(sql, { signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  const started = Date.now();
  await assert.rejects(running);
  assert.ok(Date.now() - started < 3000);
  assert.deepEqual(await lake.rows('SELECT 1'), [['1']]);
});

test('an aborted CTAS leaves no table and no object', async () => {
  const controller = new AbortController();
  const from = Array.from({ length: 8 }, (_, i) => `${DIGITS} AS t${i}(n${i})`).join(', ');
  const sql = `CREATE TABLE big WITH (external_location='s3://${BUCKET}/big/', partitioned_by=ARRAY['p']) AS SELECT n1 AS a, n0 AS p FROM ${from}`;
  const running = lake.execute(sql, { signal: controller.signal });
  setTimeout(() => controller.abort(), 200);
  await assert.rejects(running);
  assert.equal(lake.catalog.table('default', 'big'), undefined);
  assert.equal(lake.objects.list(BUCKET, 'big/').length, 0);
});

test('queries side by side get their own answers', async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => lake.rows(`SELECT p + ${i} FROM t WHERE p = ${(i % 3) + 1}`)),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 12 }, (_, i) => [[String((i % 3) + 1 + i)]]),
  );
});

test('results: column types, NULL, quotes and line breaks, names that repeat', async () => {
  const result = await lake.execute(
    `SELECT 1 AS a, CAST(1.50 AS decimal(5,2)) AS d, 'x' AS s, CAST(NULL AS varchar) AS "Mixed Name", ARRAY[1] AS l, TIMESTAMP '2024-01-02 03:04:05' AS ts`,
  );
  assert.deepEqual(
    result.columns.map(({ name, type, precision, scale }) => [name, type, precision, scale]),
    [
      ['a', 'integer', 10, undefined],
      ['d', 'decimal', 5, 2],
      ['s', 'varchar', 1, undefined],
      ['Mixed Name', 'varchar', 2_147_483_647, undefined],
      ['l', 'array', undefined, undefined],
      ['ts', 'timestamp', 0, undefined],
    ],
  );
  assert.deepEqual(await lake.rows(`SELECT 'a "q", b' AS x, 'l1\nl2' AS y, CAST(NULL AS integer) AS z`), [
    ['a "q", b', 'l1\nl2', null],
  ]);
  assert.deepEqual(await lake.rows('SELECT 1 AS a, 2 AS a, 3 AS "A"'), [['1', '2', '3']]);
});

test('what would execute itself without end is not prepared', async () => {
  const prepared = { get: () => 'EXECUTE p', put: async () => assert.fail('kept'), delete: async () => false };
  const refusal = /^NOT_SUPPORTED: Invalid statement type for prepared statement: Execute$/;
  assert.match(await lake.failure('PREPARE p FROM EXECUTE p', { prepared }), refusal);
  assert.match(await lake.failure('EXECUTE p', { prepared }), refusal);
});

test('prepared statements and execution parameters', async () => {
  const kept = new Map<string, string>();
  const prepared = {
    get: (name: string) => kept.get(name),
    put: async (name: string, sql: string) => void kept.set(name, sql),
    delete: async (name: string) => kept.delete(name),
  };
  await lake.execute('PREPARE q FROM SELECT p FROM t WHERE p = ? AND b = ?', { prepared });
  assert.deepEqual(await lake.rows("EXECUTE q USING 2, 'y'", { prepared }), [['2']]);
  const result = await lake.execute('EXECUTE q', { prepared, parameters: ['3', "'y'"] });
  assert.equal(result.substatementType, 'SELECT');
  assert.equal(result.bytesScanned, 33);
  assert.deepEqual(await lake.rows('SELECT p FROM t WHERE p = ?', { parameters: ['1'] }), [['1']]);
  assert.match(await lake.failure('EXECUTE nope', { prepared }), /^NOT_FOUND: Prepared statement not found: nope$/);
  await lake.execute('DEALLOCATE PREPARE q', { prepared });
  assert.equal(kept.size, 0);
});

test('EXPLAIN tells what would be scanned', async () => {
  const lines = (await lake.rows('EXPLAIN SELECT a FROM t WHERE p = 2')).map(([line]) => line);
  assert.match(lines[0] ?? '', /^Scan default\.t \[a, p\]: 1 files of 1 partitions, 23 bytes, where /);
  assert.ok(lines.length > 3);
  assert.deepEqual(await lake.rows('EXPLAIN (TYPE VALIDATE) SELECT 1'), [['true']]);
});

test('information_schema and the partitions of a table', async () => {
  const where = "WHERE table_schema = 'default' AND table_name = 't'";
  assert.deepEqual(
    await lake.rows(
      `SELECT column_name, data_type, extra_info FROM information_schema.columns ${where} ORDER BY ordinal_position`,
    ),
    [
      ['a', 'varchar', null],
      ['b', 'varchar', null],
      ['p', 'integer', 'partition key'],
    ],
  );
  assert.deepEqual(await lake.rows('SELECT p FROM "t$partitions" WHERE p > 1 ORDER BY p'), [['2'], ['3']]);
});

test('statements leave no file of theirs behind', async () => {
  const files = () =>
    readdirSync(join(lake.dir, 'tmp'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const before = files().length;
  await lake.execute(`UNLOAD (SELECT 1 AS a) TO 's3://${BUCKET}/left/' WITH (format='PARQUET')`);
  await lake.failure(
    `UNLOAD (SELECT 1/n AS a, n AS p FROM (VALUES 1, 0) AS x(n)) TO 's3://${BUCKET}/left2/' WITH (format='JSON')`,
  );
  await lake.failure('SELECT 1/n FROM (VALUES 1, 0) AS x(n)');
  await lake.execute('EXPLAIN SELECT 1');
  assert.equal(files().length, before);
});

test('compile answers for many statements at once, with the place of every fault', () => {
  const { results } = compileRequest({
    tables: [
      {
        database: 'd',
        name: 'T',
        columns: [{ name: 'X', type: 'array<int>' }],
        partitions: [{ name: 'day', type: 'date' }],
      },
    ],
    views: [{ database: 'd', name: 'v', columns: [{ name: 'n', type: 'integer' }], sql: 'SELECT x[1] AS n FROM d.t' }],
    statements: [
      { id: 'a', sql: 'SELECT x[1] AS y, day FROM d.t' },
      { id: 'b', sql: 'SELECT\n  n,\n  zz\nFROM d.v' },
      { id: 'c', sql: 'SELEC' },
      { id: 'd', sql: 'SELECT 1 FROM e.t' },
      { id: 'e', sql: 'CREATE TABLE w AS SELECT n FROM v', database: 'd' },
    ],
  });
  assert.deepEqual(results, [
    {
      id: 'a',
      columns: [
        { name: 'y', type: 'integer' },
        { name: 'day', type: 'date' },
      ],
    },
    { id: 'b', error: { name: 'COLUMN_NOT_FOUND', message: "Column 'zz' cannot be resolved", line: 3, column: 3 } },
    {
      id: 'c',
      error: { name: 'SYNTAX_ERROR', message: "mismatched input 'SELEC'. Expecting: <statement>", line: 1, column: 1 },
    },
    { id: 'd', error: { name: 'SCHEMA_NOT_FOUND', message: "Schema 'e' does not exist", line: 1, column: 15 } },
    { id: 'e', columns: [{ name: 'n', type: 'integer' }] },
  ]);
});

const relation = { database: 'd', name: 't', columns: [] };
const wrong: readonly (readonly [body: unknown, says: RegExp])[] = [
  [[], /must be a JSON object/],
  [null, /must be a JSON object/],
  [{ tables: {} }, /^tables must be a list$/],
  [{ tables: [null] }, /^tables and views need/],
  [{ tables: [{ ...relation, columns: [null] }] }, /columns name and type$/],
  [{ tables: [{ ...relation, columns: [{ name: 1, type: 2 }] }] }, /columns name and type$/],
  [{ tables: [{ ...relation, partitions: {} }] }, /^partitions of a table/],
  [{ tables: [{ ...relation, columns: [{ name: 'a', type: 'struct<' }] }] }, /^the type of d\.t\.a is not known/],
  [{ views: [{ ...relation }] }, /^each of views needs sql$/],
  [{ statements: [{ id: 1 }] }, /needs id and sql$/],
  [{ statements: [{ id: 'a', sql: 'SELECT 1', database: 5 }] }, /must be a text$/],
];
for (const [body, message] of wrong)
  test(`a request to compile that is wrong is told what: ${message}`, () => {
    assert.throws(() => compileRequest(body), { name: 'TypeError', message });
  });

test('a text that would hold up the parser is not parsed', () => {
  const { results } = compileRequest({ statements: [{ id: 'a', sql: 'x'.repeat(1_100_000) }] });
  assert.equal('error' in results[0]! && results[0].error.name, 'QUERY_TEXT_TOO_LARGE');
});
