import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { parse } from 'yaml';
import { BUCKET, openTestLake, type TestLake } from './harness.ts';

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

type Pairs = readonly (readonly [raw: string, shown: string | null])[];
const recorded = parse(readFileSync(new URL('lazy-values.yaml', import.meta.url), 'utf8')) as Record<string, Pairs>;

for (const [type, pairs] of Object.entries(recorded)) {
  test(`text cells as ${type}`, async () => {
    await lake.execute('DROP TABLE IF EXISTS t');
    await lake.put('t/a.txt', pairs.map(([raw], i) => `${i}|${raw}|\n`).join(''));
    const format = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '|'";
    await lake.execute(`CREATE EXTERNAL TABLE t (k int, v ${type}) ${format} LOCATION 's3://${BUCKET}/t/'`);
    const rows = await lake.rows('SELECT k, v FROM t ORDER BY k');
    assert.deepEqual(
      rows.map(([k, shown]) => [pairs[Number(k)]?.[0], shown]),
      pairs,
    );
  });
}
