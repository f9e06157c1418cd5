import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { parse } from 'yaml';
import { BUCKET, openTestLake, type TestLake } from './harness.ts';

interface Case {
  readonly serde: string;
  readonly type: string;
  readonly values: readonly { readonly raw: string; readonly shown?: string | null; readonly error?: boolean }[];
}

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

const cases = parse(readFileSync(new URL('json-values.yaml', import.meta.url), 'utf8')) as readonly Case[];
for (const { serde, type, values } of cases) {
  test(`JSON values as ${type} by ${serde}`, async () => {
    await lake.execute('DROP TABLE IF EXISTS t');
    await lake.execute(
      `CREATE EXTERNAL TABLE t (k int, v ${type}) ROW FORMAT SERDE '${serde}' LOCATION 's3://${BUCKET}/t/'`,
    );
    const write = (rows: readonly { raw: string }[]) =>
      lake.put('t/a.json', rows.map(({ raw }, i) => `{"k":${i},"v":${raw}}\n`).join(''));
    const good = values.filter(({ error }) => error !== true);
    await write(good);
    const rows = await lake.rows('SELECT k, v FROM t ORDER BY k');
    assert.deepEqual(
      rows.map(([, shown], i) => ({ raw: good[i]?.raw, shown })),
      good,
    );
    for (const bad of values.filter(({ error }) => error === true)) {
      await write([bad]);
      assert.match(await lake.failure('SELECT v FROM t'), /^HIVE_CURSOR_ERROR: /, bad.raw);
    }
  });
}
