import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statementsOf } from '../../scripts/core/load/index.ts';
import { FILES } from './shop.ts';
import { makeWorld, outcomeOf } from './world.ts';

/** More files in one partition than a statement of Athena (262,144 bytes) can list. */

function files(id: string): Record<string, string> {
  return {
    'pipeline/lake.yaml': FILES(id)['pipeline/lake.yaml']!,
    'pipeline/tables/shop_landing/events/table.yaml': `description: Events
owner: tests
format: csv
csv: { header: 1 }
location: { bucket: landing, path: events/ }
columns: [{ name: number, type: string, description: Number }, { name: sent_on, type: string, description: Day }]
`,
    'pipeline/tables/shop_raw/events/table.yaml': `description: Events
owner: tests
format: parquet
location: { bucket: raw, path: events/ }
columns: [{ name: number, type: int, description: Number }]
partitions: [{ name: sent_on, type: string, date: yyyy-MM-dd, description: Day }]
load: { mode: files }
`,
    'pipeline/tables/shop_raw/events/load.sql':
      'SELECT TRY_CAST(number AS integer) AS number, sent_on FROM shop_landing.events',
  };
}

const DAY = '2025-03-01';
/** Some 980 bytes each, of 1,024 that S3 takes: 295 kB of paths in all. */
const NAME = `it's/${'\u{1F600}'.repeat(140)}${'x'.repeat(400)}`;
const MANY = 300;

test('a partition of many files with long names is loaded, and what is corrected stands there once', async () => {
  const world = await makeWorld('2025-03-24T00:00:00Z', files);
  try {
    const drop = (at: number, number: number): Promise<void> =>
      world.drop(`events/${NAME}${at}.csv`, `number,sent_on\n${number},${DAY}\n`);
    for (let from = 0; from < MANY; from += 10)
      await Promise.all(Array.from({ length: 10 }, (_, at) => drop(from + at, from + at)));
    const outcome = outcomeOf(await world.run(), 'shop_raw.events');
    assert.deepEqual(outcome.errors, []);
    const sum = async () => world.rows('SELECT count(*), count(DISTINCT number), sum(number) FROM shop_raw.events');
    assert.deepEqual(await sum(), [[String(MANY), String(MANY), String((MANY * (MANY - 1)) / 2)]]);
    await drop(7, 1007);
    assert.deepEqual(outcomeOf(await world.run(), 'shop_raw.events').errors, []);
    assert.deepEqual(await sum(), [[String(MANY), String(MANY), String((MANY * (MANY - 1)) / 2 + 1000)]]);
  } finally {
    await world.close();
  }
});

test('several partitions share a statement as long as their files can be listed in it', () => {
  const object = (at: number) => ({ key: `s3://b/${'k'.repeat(900)}${at}`, etag: 'e', size: 1 });
  const work = (values: string, from: number, to: number) => {
    return { values: [values], objects: Array.from({ length: to - from }, (_, at) => object(from + at)) };
  };
  const sizes = (all: readonly ReturnType<typeof work>[], most = 100): readonly number[] =>
    statementsOf(all, most).map((some) => some.length);
  assert.deepEqual(sizes([work('a', 0, 100), work('b', 100, 200), work('c', 200, 260)]), [1, 2]);
  assert.deepEqual(sizes([work('a', 0, 100), work('b', 0, 100), work('c', 0, 100)]), [3]);
  assert.deepEqual(sizes([work('a', 0, 500), work('b', 0, 1)]), [1, 1]);
  assert.deepEqual(sizes([work('a', 0, 1), work('b', 0, 1), work('c', 0, 1)], 2), [2, 1]);
});
