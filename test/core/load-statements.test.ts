import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as core from '../../scripts/core/load/index.ts';
import { table } from './load-table.ts';

describe('statements', () => {
  const sales = table({
    database: 'raw',
    name: 'sales',
    columns: '[{ name: a, type: bigint, description: A }, { name: order, type: int, description: O }]',
    sql: "WITH c AS (SELECT a FROM land.x WHERE d BETWEEN :from AND :to)\nSELECT a, 1 AS \"order\", '25' AS y, '03' AS m FROM c -- end",
    extra: `compression: zstd
sorted_by: [a]
partitions: [{ name: y, type: string, date: yyyy, description: Y }, { name: m, type: int, date: M, description: M }]
load: { mode: partitions }`,
  }) as core.LoadedTable;
  const request: core.CtasRequest = {
    table: sales,
    staging: { database: 'dev_weir_staging', name: 'sales__1' },
    location: "s3://b/it's/load-1/",
    days: { from: '2025-03-01', to: '2025-04-30' },
    only: undefined,
    rename: (database) => `dev_${database}`,
  };

  test('CTAS with partitions, quoting what needs it', () => {
    assert.equal(
      core.ctas(request),
      `CREATE TABLE dev_weir_staging.sales__1
WITH (
  format = 'PARQUET',
  write_compression = 'ZSTD',
  external_location = 's3://b/it''s/load-1/',
  partitioned_by = ARRAY['y', 'm']
)
AS SELECT a, "order", y, m
FROM (
WITH c AS (SELECT a FROM dev_land.x WHERE d BETWEEN DATE '2025-03-01' AND DATE '2025-04-30')
SELECT a, 1 AS "order", '25' AS y, '03' AS m FROM c -- end
) AS loaded
ORDER BY y, m, a`,
    );
  });

  test('CTAS that keeps only some partitions', () => {
    const sql = core.ctas({
      ...request,
      only: [
        ['2025', '03'],
        ['2025', '4'],
      ],
    });
    assert.match(sql, /\nWHERE \(y, m\) IN \(\('2025', 3\), \('2025', 4\)\)\nORDER BY/);
  });

  test('a statement of more bytes than Athena takes is refused, of just as many not', () => {
    const length = new TextEncoder().encode(core.ctas(request)).length;
    const padded = (bytes: number): core.CtasRequest => {
      const load = { ...sales.load, sql: sales.load.sql.replace("'25'", `'${'é'.repeat((bytes - length) / 2)}25'`) };
      return { ...request, table: { ...sales, load } };
    };
    const even = length % 2;
    assert.equal(
      new TextEncoder().encode(core.ctas(padded(core.MOST_SQL_BYTES - even))).length,
      core.MOST_SQL_BYTES - even,
    );
    assert.throws(() => core.ctas(padded(core.MOST_SQL_BYTES - even + 2)), /Athena takes 262144/);
  });

  test('staging names need no quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const staged = core.stagingName({ database: 'd', name }, '20250324T000000-ab12cd34');
        assert.match(staged, /^[a-z_][a-z0-9_]*$/);
        assert.ok(staged.length <= 100);
      }),
    );
  });

  test('where partitions are written', () => {
    assert.equal(core.partitionPath(sales.partitions, ['2025', '03']), 'y=2025/m=3/');
    assert.equal(core.loadPrefix('a/b/', 'x'), 'a/b/load-x/');
  });
});

describe('types as written', () => {
  test('stored alike is alike, everything else is told', () => {
    const declared = table({
      columns: `[{ name: a, type: string, description: A }, { name: b, type: "decimal(10,2)", description: B },
        { name: c, type: int, description: C }, { name: d, type: date, description: D }, { name: e, type: "array<struct<x:string>>", description: E }]`,
    });
    const column = (name: string, type: string): { name: string; type: string; comment: undefined } => ({
      name,
      type,
      comment: undefined,
    });
    const good = [
      column('a', 'varchar(3)'),
      column('b', 'decimal(10, 2)'),
      column('c', 'integer'),
      column('d', 'date'),
      column('e', 'array<struct<x:varchar>>'),
    ];
    assert.deepEqual(core.typeMismatches(declared, good), []);
    const bad = [column('a', 'int'), column('b', 'decimal(10,3)'), column('c', 'bigint'), column('d', 'timestamp')];
    assert.deepEqual(
      core.typeMismatches(declared, bad).map((each) => `${each.column} ${each.written}`),
      ['a int', 'b decimal(10,3)', 'c bigint', 'd timestamp', 'e undefined'],
    );
  });
});

describe('money and sizes', () => {
  test('a query is billed for 10 MB at least', () => {
    assert.equal(core.scanCost([1e12]), 5);
    assert.equal(core.scanCost([1, 10_000_000]), core.scanCost([10_000_000, 10_000_000]));
    assert.equal(core.scanCost([0]), 0);
  });
  test('sizes are read', () => {
    const read = ['10', '1kB', '2.5 MB', '1GB', '1tb', '3b', '', 'x', '1XB', '-1'].map(core.parseBytes);
    assert.deepEqual(read, [10, 1000, 2_500_000, 1e9, 1e12, 3, undefined, undefined, undefined, undefined]);
  });
});

describe('publishing', () => {
  test('where something lies in S3, in each spelling that catalogs have', () => {
    const place = { bucket: 'b-1', key: 'shop/day=1/' };
    for (const scheme of ['s3', 's3a', 's3n']) assert.deepEqual(core.s3Place(`${scheme}://b-1/shop/day=1/`), place);
    assert.deepEqual(core.s3Place('s3://b-1/'), { bucket: 'b-1', key: '' });
    for (const other of ['', 's3://b-1', 'hdfs://b-1/shop/', '/s3://b-1/shop/']) {
      assert.deepEqual(core.s3Place(other), { bucket: '', key: '' });
    }
  });

  test('what the catalog does not show is still to be done', () => {
    const entry = (value: string, location: string) =>
      ({ values: [value], storage: { location }, parameters: {} }) as never;
    const wanted = [entry('1', 's3://b/new/1/'), entry('2', 's3://b/new/2/'), entry('3', 's3://b/new/3/')];
    const live = [entry('1', 's3://b/new/1/'), entry('2', 's3://b/old/2/')];
    assert.deepEqual(core.unpublished(wanted, live), wanted.slice(1));
  });
});
