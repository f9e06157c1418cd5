import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { rowsOf } from './javascript.ts';
import type { RunningLake } from './lake.ts';
import { must } from './run.ts';

const PROJECT = join(import.meta.dirname, 'dbt');

/**
 * dbt with dbt-athena: a seed, a table, an incremental model that overwrites partitions, a view and tests; built twice,
 * the second time with another factor, so that it shows which partitions were written anew.
 */
export async function tryDbt(dbt: string, lake: RunningLake): Promise<void> {
  const settings = {
    endpoint: lake.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'dbt-lake' }));
  const athena = new AthenaClient(settings);
  const folder = join(lake.dir, 'dbt');
  await cp(PROJECT, folder, { recursive: true });
  const build = (factor: number) =>
    must(dbt, ['--no-use-colors', 'build', '--profiles-dir', '.', '--vars', `{factor: ${factor}}`], {
      cwd: folder,
      env: { ...lake.env, DO_NOT_TRACK: '1' },
    });
  const rows = (sql: string) => rowsOf(athena, sql, 's3://dbt-lake/results/');
  const perDay = 'SELECT day, amount FROM dbt_shop.per_day ORDER BY day';
  assert.match(await build(1), /PASS=11 WARN=0 ERROR=0 SKIP=0 TOTAL=11/);
  assert.deepEqual(await rows(perDay), [
    ['2026-01-01', '17.75'],
    ['2026-01-02', '7.75'],
    ['2026-01-03', '8.0'],
  ]);
  assert.match(await build(10), /PASS=11 WARN=0 ERROR=0 SKIP=0 TOTAL=11/);
  assert.deepEqual(await rows(perDay), [
    ['2026-01-01', '17.75'],
    ['2026-01-02', '7.75'],
    ['2026-01-03', '80.0'], // only the last day is loaded again, and once
  ]);
  assert.deepEqual(await rows('SELECT branch, amount, sales FROM dbt_shop.totals ORDER BY branch'), [
    ['north', '21.5', '3'],
    ['south', '12.0', '2'],
  ]);
  s3.destroy();
  athena.destroy();
}
