import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { openSession, type Session } from '../../src/engine/session.ts';
import { BUCKET, openTestLake, type TestLake } from './harness.ts';

let outside: string;
let dir: string;
let session: Session;
let lake: TestLake;
before(async () => {
  outside = mkdtempSync(join(tmpdir(), 'outside '));
  writeFileSync(join(outside, 'secret.csv'), 'secret\n');
  dir = join(outside, 'lake');
  mkdirSync(dir);
  session = await openSession({ dir, scratch: join(dir, 'tmp') });
  lake = await openTestLake();
});
after(async () => {
  session.close();
  await lake.close();
  rmSync(outside, { recursive: true, force: true });
});

// DuckDB's own SQL: even a statement that got past the translation reaches no file outside.
const duckdb: readonly [name: string, sql: (path: string) => string][] = [
  ['COPY to a file', (path) => `COPY (SELECT 1) TO '${path}/out.csv'`],
  ['COPY from a file', (path) => `CREATE TABLE c (a VARCHAR); COPY c FROM '${path}/secret.csv'`],
  ['read_csv', (path) => `SELECT * FROM read_csv('${path}/secret.csv')`],
  ['read_text', (path) => `SELECT * FROM read_text('${path}/secret.csv')`],
  ['read_blob', (path) => `SELECT * FROM read_blob('${path}/secret.csv')`],
  ['read_parquet', (path) => `SELECT * FROM read_parquet('${path}/secret.csv')`],
  ['read_json', (path) => `SELECT * FROM read_json('${path}/secret.csv')`],
  ['parquet_metadata', (path) => `SELECT * FROM parquet_metadata('${path}/secret.csv')`],
  ['sniff_csv', (path) => `SELECT * FROM sniff_csv('${path}/secret.csv')`],
  ['glob', (path) => `SELECT * FROM glob('${path}/*')`],
  ['a path as a table', (path) => `SELECT * FROM '${path}/secret.csv'`],
  ['a path that climbs', () => `SELECT * FROM read_text('${join('DIR', '..', 'secret.csv')}')`],
  ['a path that climbs, spelled out', () => "SELECT * FROM read_text('DIR/../secret.csv')"],
  ['ATTACH', (path) => `ATTACH '${path}/x.db'`],
  ['EXPORT DATABASE', (path) => `EXPORT DATABASE '${path}/export'`],
  ['IMPORT DATABASE', (path) => `IMPORT DATABASE '${path}'`],
  ['INSTALL', () => 'INSTALL httpfs'],
  ['LOAD', (path) => `LOAD '${path}/x.duckdb_extension'`],
  ['a web address', () => "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')"],
  ['SET of the limits', () => 'SET enable_external_access = true'],
  ['SET of the folders', () => "SET allowed_directories = ['/']"],
  ['SET of the log', (path) => `SET log_query_path = '${path}/log'`],
  ['the profile output', (path) => `PRAGMA profiling_output = '${path}/profile'`],
  ['a secret on disk', (path) => `CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'x', SECRET 'y'); SELECT '${path}'`],
];

for (const [name, sql] of duckdb) {
  test(`DuckDB is confined: ${name}`, async () => {
    const connection = await session.connect();
    try {
      await assert.rejects(connection.run(sql(outside).replace('DIR', dir)));
    } finally {
      connection.close();
    }
    for (const made of ['out.csv', 'x.db', 'export', 'log', 'profile'])
      assert.ok(!existsSync(join(outside, made)), made);
  });
}

test('DuckDB does reach the folder itself', async () => {
  const connection = await session.connect();
  await connection.run(`COPY (SELECT 1 AS a) TO '${dir}/inside.csv'`);
  assert.deepEqual((await connection.read(`SELECT * FROM read_csv('${dir}/inside.csv')`)).getRowsJson(), [['1']]);
  connection.close();
});

// Athena's SQL: what would name a file or a setting is refused before DuckDB sees it.
const athena: readonly string[] = [
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM TABLE(read_text('/etc/passwd'))",
  "SELECT read_text('/etc/passwd')",
  'SELECT * FROM "/etc/passwd"',
  "SELECT * FROM '/etc/passwd'",
  'SELECT * FROM duckdb_settings',
  'SELECT * FROM duckdb_settings()',
  'SELECT * FROM "main"."sqlite_master"',
  "SELECT getenv('HOME')",
  "COPY (SELECT 1) TO '/tmp/x.csv'",
  "ATTACH '/tmp/x.db'",
  'INSTALL httpfs',
  'LOAD httpfs',
  'PRAGMA database_list',
  'SET enable_external_access = true',
  "EXPORT DATABASE '/tmp/x'",
  "SELECT 1; COPY (SELECT 1) TO '/tmp/x'",
];

for (const sql of athena) {
  test(`Athena's SQL is confined: ${sql}`, async () => {
    assert.match(await lake.failure(sql), /^[A-Z_]+: /);
  });
}

test('locations and partition values that climb stay keys inside the bucket', async () => {
  await lake.execute(
    `CREATE TABLE up WITH (external_location='s3://${BUCKET}/../../up/', partitioned_by=ARRAY['p']) AS SELECT 1 AS a, '../../../x' AS p`,
  );
  assert.deepEqual(await lake.rows('SELECT * FROM up'), [['1', '../../../x']]);
  const keys = lake.objects.list(BUCKET, '../../up/').map(({ key, path }) => {
    assert.ok(path.startsWith(lake.dir), path);
    return key.slice(0, key.lastIndexOf('/'));
  });
  assert.deepEqual(keys, ['../../up/p=..%2F..%2F..%2Fx']);
});

test('a quote in a name, a value or a location ends no string', async () => {
  const name = `it's "x" \`y\``;
  await lake.execute(
    `CREATE TABLE q WITH (external_location='s3://${BUCKET}/q''uote"/', partitioned_by=ARRAY['p']) AS SELECT 1 AS "a'b", '${name.replaceAll("'", "''")}' AS p`,
  );
  assert.deepEqual(await lake.rows('SELECT * FROM q'), [['1', name]]);
});
