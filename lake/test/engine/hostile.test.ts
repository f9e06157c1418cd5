import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { runtimeError } from '../../src/sql/casts/failure.ts';
import { BUCKET, openTestLake, type TestLake } from './harness.ts';

interface Case {
  readonly sql: string;
  readonly fails?: string;
  /** The rows, or how many. */
  readonly rows?: number | readonly (readonly (string | null)[])[];
}

const cases = parse(readFileSync(new URL('hostile.yaml', import.meta.url), 'utf8')) as Case[];

const FORMATS: readonly (readonly [table: string, format: string])[] = [
  ['', ''],
  ['_openx', "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"],
  ['_csv', "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"],
  ['_parquet', 'STORED AS PARQUET'],
];

let lake: TestLake;
let outside: string;
before(async () => {
  lake = await openTestLake();
  outside = mkdtempSync(join(tmpdir(), 'outside '));
  // A blank line: such a file is read and written out once more before DuckDB sees it.
  writeFileSync(join(outside, 'a.csv'), '\nSECRET\n');
  for (const name of ['linked', 'direct']) {
    await lake.put(`${name}/a.csv`, 'public\n');
    for (const [table, format] of FORMATS)
      await lake.execute(
        `CREATE EXTERNAL TABLE ${name}${table} (a string) ${format} LOCATION 's3://${BUCKET}/${name}/'`,
      );
  }
  const folder = join(lake.dir, 'objects', BUCKET);
  renameSync(join(folder, 'linked'), join(folder, 'moved'));
  symlinkSync(outside, join(folder, 'linked'));
  rmSync(join(folder, 'direct', 'a.csv'));
  symlinkSync(join(outside, 'a.csv'), join(folder, 'direct', 'a.csv'));
});
after(async () => {
  await lake.close();
  rmSync(outside, { recursive: true, force: true });
});

for (const { sql, fails, rows } of cases)
  test(sql, async () => {
    if (fails === undefined) {
      const found = await lake.rows(sql);
      return assert.deepEqual(typeof rows === 'number' ? found.length : found, rows);
    }
    const failure = await lake.failure(sql);
    assert.match(failure, new RegExp(fails));
    assert.doesNotMatch(failure, /LINE \d|SECRET|scan_\d/);
    assert.deepEqual(readdirSync(outside), ['a.csv']);
  });

test('a file that is gone while a table is read', async () => {
  await lake.put('gone/a.csv', 'x\n');
  await lake.execute(`CREATE EXTERNAL TABLE gone (a string) LOCATION 's3://${BUCKET}/gone/'`);
  await lake.execute(`CREATE EXTERNAL TABLE gone_parquet (a string) STORED AS PARQUET LOCATION 's3://${BUCKET}/gone/'`);
  rmSync(join(lake.dir, 'objects', BUCKET, 'gone', 'a.csv'));
  for (const table of ['gone', 'gone_parquet'])
    assert.match(await lake.failure(`SELECT * FROM ${table}`), /^HIVE_CANNOT_OPEN_SPLIT: [^/]+$/);
});

test('the SQL of DuckDB is in no message', () => {
  const said = 'Binder Error: Something\n\nLINE 1: ...SELECT t1."a" AS c0 FROM scan_1...\n                 ^';
  assert.deepEqual(String(runtimeError(said).message), 'Binder Error: Something');
  const memory =
    'Out of Memory Error: failed to allocate data of size 2.0 MiB (2.3 GiB/2.3 GiB used)\n\nPossible solutions:';
  assert.equal(runtimeError(memory).code, 'EXCEEDED_LOCAL_MEMORY_LIMIT');
  const own = "Invalid Input Error: HIVE_BAD_DATA: LINE 1: is the user's own text";
  assert.equal(runtimeError(own).message, "LINE 1: is the user's own text");
});
