import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, EngineFailure, EngineRequest, EngineResult } from '../../src/athena/engine.ts';
import type { LakeCatalog } from '../../src/catalog/lake-catalog.ts';
import { createCatalog } from '../../src/catalog/store.ts';
import { type FileStore, openFileStore } from '../../src/store/file-store.ts';
import { createTrinoEngine } from '../../src/trino/engine.ts';
import { trinoServer } from '../../src/trino/http.ts';
import { type FakeTrino, fakeTrino, type Step } from './fake-trino.ts';

/** The protocol: pages, refusals, broken connections, cancelling. SQL is proved by test/trino on a real Trino. */

let fake: FakeTrino;
let dir: string;
let objects: FileStore;
let catalog: LakeCatalog;
let engine: Engine;

before(async () => {
  fake = await fakeTrino();
  dir = mkdtempSync(join(tmpdir(), 'lake trino '));
  objects = openFileStore(dir);
  catalog = await createCatalog(join(dir, 'catalog'), { account: '000000000000' });
  await objects.createBucket('bucket');
  await catalog.createDatabase({ Name: 'd' });
  engine = engineAt(fake.url, 'awsdatacatalog');
});

after(async () => {
  fake.stop();
  await catalog.close();
  await objects.close();
  rmSync(dir, { recursive: true, force: true });
});

beforeEach(() => {
  fake.asked.length = 0;
});

function engineAt(url: string, name: string): Engine {
  const server = { ...trinoServer(url)!, patienceMs: 400 };
  return createTrinoEngine({ objects, catalog, trino: { server, catalog: name } });
}

function execute(sql: string, request: Partial<EngineRequest> = {}, on = engine): Promise<EngineResult> {
  return on.execute({
    queryId: '00000000-0000-4000-8000-000000000001',
    sql,
    database: 'D',
    catalog: 'awsdatacatalog',
    workgroup: { name: 'primary', enforcedLocation: false, scanLimit: undefined },
    outputLocation: 's3://bucket/results/',
    parameters: [],
    prepared: { get: () => 'SELECT a FROM t WHERE a = ?', put: async () => {}, delete: async () => false },
    signal: new AbortController().signal,
    ...request,
  });
}

async function rowsOf(result: EngineResult): Promise<readonly (readonly (string | null)[])[]> {
  if (result.rows.kind !== 'batches') throw new Error(`the rows are ${result.rows.kind}`);
  const rows: (readonly (string | null)[])[] = [];
  for await (const batch of result.rows.batches) rows.push(...batch);
  return rows;
}

async function failureOf(work: Promise<unknown>): Promise<EngineFailure> {
  return work.then(
    () => assert.fail('was expected to fail'),
    (error: unknown) => error as EngineFailure,
  );
}

const COLUMNS = [
  { name: 'a', type: 'bigint' },
  { name: 'b', type: 'varchar(3)' },
];
const methods = () => fake.asked.map(({ method }) => method).join(' ');

describe('a query', () => {
  test('its pages are one result, and the last one says what was scanned', async () => {
    fake.play(
      {},
      { columns: COLUMNS },
      { columns: COLUMNS, data: [[1, 'x']] },
      {},
      {
        columns: COLUMNS,
        data: [[2, null]],
        stats: { state: 'FINISHED', physicalInputBytes: 1234, analysisTimeMillis: 2, planningTimeMillis: 3 },
      },
    );
    const result = await execute('SELECT a, b FROM t;');
    const rows = await rowsOf(result);
    assert.deepEqual(rows, [
      ['1', 'x'],
      ['2', null],
    ]);
    assert.deepEqual(result.columns, [
      { name: 'a', type: 'bigint', precision: 19, caseSensitive: false },
      { name: 'b', type: 'varchar', precision: 3, caseSensitive: true },
    ]);
    assert.equal(result.finalBytesScanned?.(), 1234);
    assert.equal(methods(), 'POST GET GET GET GET');
  });

  test('is asked in the terms of the request', async () => {
    fake.play({ columns: COLUMNS });
    const workgroup = { name: 'primary', enforcedLocation: false, scanLimit: 77 };
    const on = engineAt(fake.url.replace('//', '//me:se%20cret@'), 'lake');
    await rowsOf(await execute('SELECT a FROM awsdatacatalog.d.t WHERE a = ?', { parameters: ["'x'"], workgroup }, on));
    const { body, headers } = fake.asked[0]!;
    assert.equal(body, `EXECUTE IMMEDIATE 'SELECT a FROM "lake".d.t WHERE a = ?' USING 'x'`);
    const told = Object.entries(headers).filter(([name]) => /^(x-trino|authorization)/.test(name));
    assert.deepEqual(Object.fromEntries(told), {
      authorization: `Basic ${Buffer.from('me:se cret').toString('base64')}`,
      'x-trino-catalog': 'lake',
      'x-trino-client-capabilities': 'PARAMETRIC_DATETIME',
      'x-trino-schema': 'd',
      'x-trino-session': 'query_max_scan_physical_bytes=77B',
      'x-trino-source': 'weir-lake',
      'x-trino-time-zone': 'UTC',
      'x-trino-trace-token': '00000000-0000-4000-8000-000000000001',
      'x-trino-user': 'me',
    });
  });

  test('EXECUTE takes the values of USING before those of the request', async () => {
    fake.play({ columns: COLUMNS });
    const result = await execute('EXECUTE p USING 1', { parameters: ['2'] });
    assert.equal(fake.asked[0]!.body, "EXECUTE IMMEDIATE 'SELECT a FROM t WHERE a = ?' USING 1");
    assert.deepEqual([result.statementType, result.substatementType], ['DML', 'SELECT']);
  });

  test('that Trino refuses fails by the same name, at the place in the statement as it was given', async () => {
    const error = { errorName: 'COLUMN_NOT_FOUND', message: "line 1:27: Column 'x' of 'lake.d.t'" };
    fake.play({ error, stats: { physicalInputBytes: 5 } });
    const failure = await failureOf(execute('SELECT x FROM t', { parameters: ['1'] }, engineAt(fake.url, 'lake')));
    assert.deepEqual(
      [failure.code, failure.message, failure.bytesScanned, failure.cancelled],
      ['COLUMN_NOT_FOUND', "line 1:8: Column 'x' of 'awsdatacatalog.d.t'", 5, false],
    );
  });

  test('that fails after its first rows fails while they are read', async () => {
    fake.play(
      { columns: COLUMNS, data: [[1, 'x']] },
      { error: { errorName: 'DIVISION_BY_ZERO', message: 'Division by zero' } },
    );
    const failure = await failureOf(execute('SELECT a, b FROM t').then(rowsOf));
    assert.equal(failure.code, 'DIVISION_BY_ZERO');
  });
});

describe('a Trino that is away', () => {
  test('for a moment is asked again, for pages also where the connection breaks', async () => {
    fake.play({ status: 503 }, { status: 502 }, { columns: COLUMNS }, 'drop', { status: 429 }, { data: [[1, 'x']] });
    assert.equal((await rowsOf(await execute('SELECT a, b FROM t'))).length, 1);
    assert.equal(methods(), 'POST POST POST GET GET GET');
  });

  test('as the statement is handed in: it is not handed in twice', async () => {
    fake.play('drop', {});
    const failure = await failureOf(execute('INSERT INTO t VALUES 1'));
    assert.equal(failure.code, 'GENERIC_INTERNAL_ERROR');
    assert.match(failure.message, /^Trino at http:\S+ can't be reached: /);
    assert.equal(methods(), 'POST');
  });

  test('for good: the query fails and says so', async () => {
    fake.play({ columns: COLUMNS }, ...Array.from({ length: 20 }, () => ({ status: 503 })));
    const failure = await failureOf(execute('SELECT a, b FROM t').then(rowsOf));
    assert.match(failure.message, /^Trino at \S+ can't be reached: HTTP 503/);
    assert.equal(fake.asked.at(-1)!.method, 'DELETE');
    const gone = await failureOf(execute('SELECT 1', {}, engineAt('http://127.0.0.1:9', 'awsdatacatalog')));
    assert.match(gone.message, /^Trino at http:\/\/127\.0\.0\.1:9 can't be reached: /);
  });

  test('a refusal of the server itself is not repeated', async () => {
    fake.play({ status: 401 });
    assert.match((await failureOf(execute('SELECT 1'))).message, /answered HTTP 401/);
    assert.equal(methods(), 'POST');
  });
});

describe('a Trino that answers what no Trino does', () => {
  const row = { columns: COLUMNS, data: [[1, 'x']] };
  const refused: readonly (readonly [title: string, steps: readonly Step[], says: RegExp])[] = [
    ['no JSON', [{ text: '<html>' }], /^Trino at \S+ answered what is no page of its protocol: <html>$/],
    ['half a page', [row, { text: '{"id": "q1", "data": [[1' }], /no page of its protocol/],
    ['an unclosed string', [{ text: `{"id": "${'\\"'.repeat(50_000)}` }], /no page of its protocol/],
    ['nothing', [{ text: 'null' }], /no page of its protocol/],
    ['rows that are none', [{ columns: COLUMNS, data: 'x' }], /no page of its protocol/],
    ['columns that are none', [{ columns: { a: 1 } }], /no page of its protocol/],
    ['a row too wide', [{ columns: COLUMNS, data: [[1, 'x', 2]] }], /a row of 3 values for 2 columns$/],
    ['a row before its columns', [{ data: [[1]] }], /a row of 1 values for 0 columns$/],
    ['a redirect', [{ status: 307, location: 'http://elsewhere/' }], /answered HTTP 307 to http:\/\/elsewhere\/$/],
    ['a redirect of a page', [row, { status: 302, location: '/elsewhere' }], /answered HTTP 302 to \/elsewhere$/],
    ['a page elsewhere', [{ nextUri: 'http://127.0.0.1:9/x' }, {}], /goes on at another address: http:\/\/127/],
  ];
  for (const [title, steps, says] of refused)
    test(title, async () => {
      fake.play(...steps);
      assert.match((await failureOf(execute('SELECT a, b FROM t').then(rowsOf))).message, says);
      assert.ok(!fake.asked.some(({ path }) => path === '/elsewhere'));
    });

  test('pages without an end: they are not asked for at full speed, and a stop is heard', async () => {
    fake.play({ columns: COLUMNS }, ...Array.from({ length: 500 }, () => ({})));
    const failure = await failureOf(execute('SELECT a, b FROM t', { signal: AbortSignal.timeout(600) }).then(rowsOf));
    assert.match(failure.name, /^(Abort|Timeout)Error$/);
    assert.ok(fake.asked.length < 70, `${fake.asked.length} requests`);
    assert.equal(fake.asked.at(-1)!.method, 'DELETE');
  });

  test('a value of 20 MB is one all the same', async () => {
    const long = `${'x'.repeat(20 * 2 ** 20)}"\\`;
    fake.play({ columns: COLUMNS, data: [[1, long]] });
    assert.equal((await rowsOf(await execute('SELECT a, b FROM t')))[0]![1], long);
  });
});

describe('a query that nobody wants any more is taken back from Trino', () => {
  const gone = '/v1/statement/executing/q1/';
  const lastAsked = () => `${fake.asked.at(-1)!.method} ${fake.asked.at(-1)!.path}`;

  test('stopped while it waits for a page', async () => {
    fake.play({ columns: COLUMNS }, 'hold', {});
    const stop = new AbortController();
    const reading = failureOf(execute('SELECT a, b FROM t', { signal: stop.signal }).then(rowsOf));
    for (let turn = 0; turn < 400 && fake.asked.length < 2; turn += 1) await sleep(5);
    stop.abort(new Error('stopped'));
    await reading;
    assert.equal(lastAsked(), `DELETE ${gone}2`);
  });

  test('over the scan limit', async () => {
    fake.play({ columns: COLUMNS }, { stats: { physicalInputBytes: 11 } }, {}, {});
    const workgroup = { name: 'primary', enforcedLocation: false, scanLimit: 10 };
    const failure = await failureOf(execute('SELECT a, b FROM t', { workgroup }).then(rowsOf));
    assert.deepEqual([failure.cancelled, failure.bytesScanned], [true, 11]);
    assert.equal(lastAsked(), `DELETE ${gone}2`);
  });

  test('over the scan limit as Trino itself finds', async () => {
    fake.play({ error: { errorName: 'EXCEEDED_SCAN_LIMIT', message: 'over' }, stats: { physicalInputBytes: 12 } });
    const failure = await failureOf(execute('SELECT a, b FROM t'));
    assert.deepEqual(
      [failure.cancelled, failure.message],
      [true, 'Query cancelled! : Bytes scanned limit was exceeded'],
    );
  });

  test('its rows no longer read', async () => {
    fake.play({ columns: COLUMNS, data: [[1, 'x']] }, {}, {});
    const { rows } = await execute('SELECT a, b FROM t');
    assert.equal(rows.kind, 'batches');
    for await (const batch of rows.kind === 'batches' ? rows.batches : []) if (batch) break;
    assert.equal(lastAsked(), `DELETE ${gone}2`);
  });
});

describe('what is written', () => {
  test('CREATE TABLE AS goes to a place of its own with the properties that Trino has', async () => {
    fake.play({ columns: [{ name: 'rows', type: 'bigint' }], data: [[2]], updateCount: 2 });
    const sql = `CREATE TABLE t WITH (format = 'TEXTFILE', field_delimiter = '|', write_compression = 'ZSTD',
      partitioned_by = ARRAY['P'], bucketed_by = ARRAY['a'], bucket_count = 3) AS SELECT 1 a, 2 p`;
    const result = await execute(sql);
    assert.equal(
      fake.asked[0]!.body,
      `CREATE TABLE t WITH (external_location = 's3://bucket/results/tables/00000000-0000-4000-8000-000000000001/', ` +
        `format = 'TEXTFILE', textfile_field_separator = '|', partitioned_by = ARRAY['p'], bucketed_by = ARRAY['a'], ` +
        `bucket_count = 3) \n AS SELECT 1 a, 2 p`,
    );
    assert.equal(fake.asked[0]!.headers['x-trino-session'], 'awsdatacatalog.compression_codec=ZSTD');
    assert.equal(result.updateCount, 2);
  });

  const refused: Readonly<Record<string, string>> = {
    "CREATE TABLE t WITH (external_location = 's3://bucket/full/') AS SELECT 1 a": 'HIVE_PATH_ALREADY_EXISTS',
    "CREATE TABLE t WITH (external_location = 's3://no-bucket/x/') AS SELECT 1 a": 'HIVE_FILESYSTEM_ERROR',
    "CREATE TABLE t WITH (table_type = 'ICEBERG', is_external = false) AS SELECT 1 a": 'NOT_SUPPORTED',
    "CREATE TABLE t WITH (format = 'ION') AS SELECT 1 a": 'NOT_SUPPORTED',
    "CREATE TABLE t WITH (format = 'X') AS SELECT 1 a": 'INVALID_TABLE_PROPERTY',
    "CREATE TABLE t WITH (write_compression = 'LZO') AS SELECT 1 a": 'NOT_SUPPORTED',
    "CREATE TABLE t WITH (colour = 'x') AS SELECT 1 a": 'INVALID_TABLE_PROPERTY',
    "UNLOAD (SELECT 1 a) TO 's3://bucket/full/' WITH (format = 'PARQUET')": 'HIVE_PATH_ALREADY_EXISTS',
    "UNLOAD (SELECT 1 a) TO 's3://bucket/u/'": 'INVALID_TABLE_PROPERTY',
    'INSERT INTO projected VALUES (1, 2)': 'NOT_SUPPORTED',
    'DELETE FROM t': 'NOT_SUPPORTED',
    'EXPLAIN CREATE VIEW v AS SELECT 1': 'NOT_SUPPORTED',
  };
  for (const [sql, code] of Object.entries(refused))
    test(`${code}: ${sql}`, async () => {
      await objects.put('bucket', 'full/x', new Uint8Array(1));
      if (catalog.table('d', 'projected') === undefined)
        await execute(
          "CREATE EXTERNAL TABLE projected (a int) PARTITIONED BY (p int) LOCATION 's3://bucket/p/' TBLPROPERTIES " +
            `('projection.enabled' = 'true', 'storage.location.template' = 's3://bucket/p/\${p}')`,
        );
      assert.equal((await failureOf(execute(sql))).code, code);
      assert.equal(fake.asked.length, 0);
    });

  test('external_location is refused where the workgroup enforces a location', async () => {
    const workgroup = { name: 'w', enforcedLocation: true, scanLimit: undefined };
    const sql = "CREATE TABLE t WITH (external_location = 's3://bucket/new/') AS SELECT 1 a";
    assert.match((await failureOf(execute(sql, { workgroup }))).message, /enforces a centralized output location/);
  });
});

describe('views', () => {
  test('are kept in Glue with their own text and the types that Trino gives', async () => {
    fake.play({ columns: [{ name: 'n', type: 'row(a timestamp(6), "b c" integer)' }] });
    await execute('CREATE VIEW v AS SELECT  f(x) AS n FROM t');
    const text = /: (\S+) \*\/$/.exec(catalog.table('d', 'v')?.ViewOriginalText ?? '')![1]!;
    assert.deepEqual(JSON.parse(Buffer.from(text, 'base64').toString()), {
      originalSql: 'SELECT  f(x) AS n FROM t',
      catalog: 'awsdatacatalog',
      schema: 'd',
      columns: [{ name: 'n', type: 'row(a timestamp(6), "b c" integer)' }],
    });
    assert.equal(fake.asked[0]!.body, 'SELECT * FROM (  SELECT  f(x) AS n FROM t\n) AS q WHERE false');
  });

  test('need a catalog of the name that Athena writes into them', async () => {
    const failure = await failureOf(execute('CREATE VIEW w AS SELECT 1 a', {}, engineAt(fake.url, 'lake')));
    assert.equal(failure.code, 'NOT_SUPPORTED');
  });
});

test('a table that is here and that Trino misses: its catalog has another Glue, and that is said', async () => {
  await execute("CREATE EXTERNAL TABLE here (a int) LOCATION 's3://bucket/here/'");
  const error = { errorName: 'TABLE_NOT_FOUND', message: "line 1:15: Table 'awsdatacatalog.d.here' does not exist" };
  fake.play({ error });
  assert.match(
    (await failureOf(execute('SELECT * FROM here'))).message,
    /this lake has it: the catalog awsdatacatalog/,
  );
});
