import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hiveName, hiveString } from '../../scripts/core/ddl/quote.ts';
import { diffLake } from '../../scripts/core/diff/diff.ts';
import { narrows } from '../../scripts/core/diff/projection.ts';
import { fitsAsItIs, typeChange } from '../../scripts/core/diff/type-change.ts';
import { evenScanCost } from '../../scripts/core/load/cost.ts';
import type { CatalogTable } from '../../scripts/core/model/catalog.ts';
import { actualTable, baseLocation } from '../../scripts/core/normalize/actual.ts';
import { desiredTable } from '../../scripts/core/normalize/desired.ts';
import { compareValues, summarize } from '../../scripts/core/normalize/partitions.ts';
import { isIgnored } from '../../scripts/core/normalize/properties.ts';
import { stateHash } from '../../scripts/core/normalize/state.ts';
import { hiveTypeOf, sameTrinoType, trinoType } from '../../scripts/core/normalize/trino-type.ts';
import { saying } from '../../scripts/core/normalize/view-sql.ts';
import { assertReviewed, parsePlan } from '../../scripts/core/plan/compare.ts';
import { makePlan } from '../../scripts/core/plan/plan.ts';
import { definitionsOf } from './diff-case.ts';
import { catalogOf } from './pure-catalog.ts';

const ENVIRONMENT = definitionsOf({}).lake.environments.local!;
const table = (more: object = {}) =>
  definitionsOf({ tables: { t: { columns: [{ name: 'a', type: 'int' }], ...more } } });
const live = (definitions: ReturnType<typeof table>): CatalogTable =>
  catalogOf(definitions, ENVIRONMENT).tables[0]!.table;

describe('one state for everything that means the same', () => {
  const definitions = table({ format: 'csv', csv: { header: 1 } });
  const desired = stateHash(desiredTable(definitions.tables[0]!, ENVIRONMENT));
  const base = live(definitions);
  const variants: Readonly<Record<string, CatalogTable>> = {
    'as it was made': base,
    'types spelt otherwise': {
      ...base,
      storage: { ...base.storage, columns: [{ name: 'A', type: 'INT', comment: undefined }] },
    },
    'a location without its slash': {
      ...base,
      storage: { ...base.storage, location: base.storage.location.slice(0, -1) },
    },
    'a location that a load points to': {
      ...base,
      storage: { ...base.storage, location: `${base.storage.location}load-0a1b/` },
    },
    'the description in its own field': {
      ...base,
      description: base.parameters.comment,
      parameters: Object.fromEntries(Object.entries(base.parameters).filter(([key]) => key !== 'comment')),
    },
    "the SerDe's defaults spelt out": {
      ...base,
      storage: {
        ...base.storage,
        serde: { ...base.storage.serde, parameters: { separatorChar: ',', quoteChar: '"', escapeChar: '\\' } },
      },
    },
    'what engines write': {
      ...base,
      parameters: { ...base.parameters, transient_lastDdlTime: '5', numRows: '1', COLUMN_STATS_ACCURATE: 'false' },
    },
    'the ledger of a load': { ...base, parameters: { ...base.parameters, 'weir.load.id': '1', 'weir.load.rows': '2' } },
  };
  for (const [name, variant] of Object.entries(variants)) {
    test(name, () => assert.equal(stateHash(actualTable(variant)), desired));
  }
  test('and another one for what means something else', () => {
    const others: readonly CatalogTable[] = [
      { ...base, parameters: { ...base.parameters, purpose: 'x' } },
      { ...base, parameters: { ...base.parameters, 'skip.header.line.count': '2' } },
      { ...base, storage: { ...base.storage, columns: [{ name: 'a', type: 'bigint', comment: undefined }] } },
      { ...base, storage: { ...base.storage, location: 's3://elsewhere/t/' } },
      { ...base, partitionKeys: [{ name: 'p', type: 'string', comment: undefined }] },
    ];
    for (const other of others) assert.notEqual(stateHash(actualTable(other)), desired);
  });
});

test('load folders are the load’s, whatever is below the base', () => {
  assert.equal(baseLocation('s3://b/t/load-1/'), 's3://b/t/');
  assert.equal(baseLocation('s3://b/t/load-1'), 's3://b/t/');
  assert.equal(baseLocation('s3://b/loads/'), 's3://b/loads/');
  assert.equal(baseLocation(''), '');
});

test('properties that say nothing', () => {
  const ignored = [
    'EXTERNAL',
    'classification',
    'trino_query_id',
    'presto_view',
    'weir.applied',
    'weir.load.id',
    'comment',
  ];
  assert.deepEqual(
    ignored.filter((key) => !isIgnored(key)),
    [],
  );
  const told = [
    'parquet.compression',
    'projection.enabled',
    'skip.header.line.count',
    'weir.owner',
    'weir.retention_days',
  ];
  assert.deepEqual(told.filter(isIgnored), []);
});

test('Trino types', () => {
  const normal: readonly (readonly [string, string])[] = [
    ['INT', 'integer'],
    ['decimal(10, 2)', 'decimal(10,2)'],
    ['row("x" int, y varchar)', 'row(x integer,y varchar)'],
    ['timestamp', 'timestamp(3)'],
    ['timestamp(3) with time zone', 'timestamp(3) with time zone'],
    ['array( map(varchar , bigint) )', 'array(map(varchar,bigint))'],
  ];
  for (const [written, spelt] of normal) assert.equal(trinoType(written), spelt);
  assert.ok(sameTrinoType('varchar', 'varchar(7)'));
  assert.ok(sameTrinoType('array(varchar)', 'array(varchar(3))'));
  assert.ok(!sameTrinoType('varchar(5)', 'varchar(7)'));
  assert.ok(!sameTrinoType('integer', 'bigint'));
  const hive: readonly (readonly [string, string])[] = [
    ['integer', 'int'],
    ['varchar', 'string'],
    ['varchar(3)', 'varchar(3)'],
    ['real', 'float'],
    ['timestamp(3)', 'timestamp'],
    ['array(integer)', 'array<int>'],
    ['decimal(3,1)', 'decimal(3,1)'],
  ];
  for (const [trino, spelt] of hive) assert.equal(hiveTypeOf(trino), spelt);
});

describe("a SELECT and what Athena's formatter makes of it", () => {
  const same: readonly (readonly [string, string])[] = [
    ["SELECT a || 'x' y FROM d.t", "SELECT concat(a, 'x') y\nFROM\n  d.t\n"],
    [
      'SELECT a FROM d.t WHERE a NOT IN (1) AND (b = 2 AND c = 3)',
      'SELECT a FROM d.t WHERE (((NOT (a IN (1))) AND (b = 2)) AND (c = 3))',
    ],
    ['SELECT 1.5 x', "SELECT DECIMAL '1.5' x"],
    ['SELECT x.a FROM d.t AS x INNER JOIN d.u ON x.a = u.a', 'SELECT x.a FROM (d.t x JOIN d.u ON (x.a = u.a))'],
    ['SELECT transform(a, v -> v + 1) FROM d.t', 'SELECT transform(a, (v) -> (v + 1)) FROM d.t'],
    ['SELECT A FROM d.t ORDER BY a ASC -- all', 'select "a" from d.t order by a'],
    ['SELECT a FROM d.t WHERE a != 1', 'SELECT a FROM d.t WHERE (a <> 1)'],
  ];
  for (const [written, printed] of same) test(written, () => assert.equal(saying(written), saying(printed)));

  const other: readonly (readonly [string, string])[] = [
    ['SELECT (a + 1) * 2 FROM d.t', 'SELECT a + 1 * 2 FROM d.t'],
    ['SELECT a FROM d.t WHERE (a = 1 OR b = 2) AND c = 3', 'SELECT a FROM d.t WHERE a = 1 OR b = 2 AND c = 3'],
    ["SELECT 'a'", "SELECT 'A'"],
    ['SELECT a FROM d.t LEFT JOIN d.u USING (a)', 'SELECT a FROM d.t JOIN d.u USING (a)'],
    ['SELECT a FROM d.t UNION ALL SELECT a FROM d.u', 'SELECT a FROM d.t UNION SELECT a FROM d.u'],
    ['SELECT a - (b - c) FROM d.t', 'SELECT a - b - c FROM d.t'],
    ['SELECT a FROM d.t ORDER BY a DESC', 'SELECT a FROM d.t ORDER BY a'],
    ['SELECT f() FROM d.t', 'SELECT f FROM d.t'],
  ];
  for (const [one, two] of other) test(`${one} is not ${two}`, () => assert.notEqual(saying(one), saying(two)));
});

describe('type changes', () => {
  const typed = { typed: true, loaded: false };
  const rows: readonly (readonly [string, string, string])[] = [
    ['int', 'bigint', 'safe'],
    ['tinyint', 'int', 'safe'],
    ['bigint', 'int', 'destructive'],
    ['int', 'double', 'destructive'],
    ['float', 'double', 'safe'],
    ['decimal(10,2)', 'decimal(20,2)', 'safe'],
    ['decimal(10,2)', 'decimal(10,3)', 'destructive'],
    ['varchar(5)', 'string', 'safe'],
    ['string', 'varchar(5)', 'destructive'],
    ['date', 'timestamp', 'destructive'],
    ['struct<a:int>', 'struct<a:int,b:int>', 'safe'],
    ['struct<a:int,b:int>', 'struct<a:int>', 'destructive'],
    ['struct<a:int,b:int>', 'struct<b:int,a:bigint>', 'safe'],
    ['array<int>', 'array<bigint>', 'safe'],
    ['map<string,int>', 'map<string,string>', 'destructive'],
    ['int', 'array<int>', 'destructive'],
  ];
  for (const [from, to, risk] of rows) {
    test(`${from} -> ${to}: ${risk}`, () => {
      assert.equal(typeChange(from, to, typed).risk, risk);
      if (risk !== 'safe') assert.equal(typeChange(from, to, { ...typed, loaded: true }).risk, 'rewrite');
    });
  }
  test('text files are parsed anew', () => {
    assert.equal(typeChange('int', 'string', { typed: false, loaded: false }).risk, 'safe');
    assert.equal(typeChange('string', 'int', { typed: false, loaded: false }).risk, 'destructive');
  });
  test('partitions that may stay as they are', () => {
    assert.ok(fitsAsItIs('int', 'int'));
    assert.ok(fitsAsItIs('struct<a:int>', 'struct<a:int,b:int>'));
    assert.ok(fitsAsItIs('array<struct<a:int>>', 'array<struct<a:int,b:int>>'));
    assert.ok(!fitsAsItIs('int', 'bigint'));
    assert.ok(!fitsAsItIs('struct<a:int>', 'struct<b:int,a:int>'));
  });
});

test('projections that may hide partitions', () => {
  const on = (more: Record<string, string>) => ({ 'projection.enabled': 'true', ...more });
  const rows: readonly (readonly [Record<string, string>, Record<string, string>, boolean])[] = [
    [on({ 'projection.d.range': '2024-01-01,NOW' }), on({ 'projection.d.range': '2023-01-01,NOW' }), false],
    [on({ 'projection.d.range': '2024-01-01,NOW' }), on({ 'projection.d.range': '2024-06-01,NOW' }), true],
    [on({ 'projection.d.range': 'NOW-3YEARS,NOW' }), on({ 'projection.d.range': 'NOW-1YEARS,NOW' }), true],
    [on({ 'projection.n.range': '5,10' }), on({ 'projection.n.range': '-1,100' }), false],
    [on({ 'projection.n.range': '5,10' }), on({ 'projection.n.range': '5,9' }), true],
    [on({ 'projection.c.values': 'a,b' }), on({ 'projection.c.values': 'b,c,a' }), false],
    [on({ 'projection.c.values': 'a,b' }), on({ 'projection.c.values': 'a' }), true],
    [on({ 'projection.d.format': 'yyyy' }), on({ 'projection.d.format': 'yy' }), true],
    [on({}), {}, true],
    [{}, on({}), true],
    [on({ 'storage.location.template': 's3://a/x/' }), on({ 'storage.location.template': 's3://b/x/' }), true],
    [on({}), on({ 'storage.location.template': 's3://b/x/' }), true],
  ];
  for (const [before, after, hides] of rows) {
    assert.equal(narrows(before, after) !== undefined, hides, JSON.stringify([before, after]));
  }
});

test('names and strings of Hive DDL', () => {
  assert.equal(hiveName('a`b'), '`a``b`');
  assert.equal(hiveString('it\'s \\ \n\t\u0000\u202e é 🐟 " ` ;'), "'it\\'s \\\\ \\n\\t\\u0000\\u202e é 🐟 \" ` ;'");
});

test('partition values in the order of people', () => {
  assert.ok(compareValues(['2025', '9'], ['2025', '10']) < 0);
  assert.ok(compareValues(['2025', '09'], ['2024', '12']) > 0);
  assert.equal(compareValues(['a'], ['a']), 0);
  const storage = live(table()).storage;
  const entry = (values: string[], definition?: string) => ({
    values,
    storage,
    parameters: definition === undefined ? {} : { 'weir.load.definition': definition },
  });
  const summary = summarize([entry(['2025', '10'], 'x'), entry(['2025', '9'], 'x'), entry(['2025', '2'])]);
  assert.equal(summary.count, 3);
  assert.deepEqual(summary.newest, ['2025', '10']);
  assert.deepEqual(summary.loads.x, { count: 2, sourceBytes: 0, first: ['2025', '9'], last: ['2025', '10'] });
  assert.equal(summary.loads['']?.count, 1);
  assert.equal(summary.shapes.length, 1);
});

test('a scan costs five dollars a terabyte, and ten megabytes a query at least', () => {
  assert.equal(evenScanCost(1_000_000_000_000, 1), 5);
  assert.equal(evenScanCost(5, 3), (30_000_000 / 1e12) * 5);
});

test('an Iceberg table in the place of a definition is unsupported, whatever is allowed', () => {
  const definitions = definitionsOf(
    { tables: { t: { columns: [{ name: 'a', type: 'int' }] } } },
    { 'd.t': ['take_over', 'drop_table'] },
  );
  const lake = catalogOf(definitions, ENVIRONMENT);
  const tables = lake.tables.map((each) => ({
    ...each,
    table: { ...each.table, parameters: { ...each.table.parameters, table_type: 'ICEBERG' } },
  }));
  const plan = makePlan({
    definitions,
    environment: ENVIRONMENT,
    actual: { ...lake, tables },
    today: '2026-01-01',
    against: 'live',
  });
  assert.deepEqual(plan.steps, []);
  assert.match(JSON.stringify(plan.objects[0]?.refusals), /cannot be done: what is there is iceberg/);
});

test('every object that is not in sync is in the plan, and no other', () => {
  const definitions = definitionsOf({
    tables: { t: { columns: [{ name: 'a', type: 'int' }] }, u: { columns: [{ name: 'a', type: 'int' }] } },
  });
  const { objects } = diffLake({
    definitions,
    environment: ENVIRONMENT,
    actual: catalogOf(definitions, ENVIRONMENT),
    today: '2026-01-01',
  });
  assert.deepEqual(
    objects.map((object) => [object.object, object.standing]),
    [
      ['d', 'in_sync'],
      ['d.t', 'in_sync'],
      ['d.u', 'in_sync'],
    ],
  );
});

describe('a plan from a file', () => {
  const plan = makePlan({
    definitions: table(),
    environment: ENVIRONMENT,
    actual: { databases: [], tables: [] },
    today: '2026-01-01',
    against: 'live',
  });
  const broken: readonly (readonly [string, RegExp])[] = [
    ['', /no JSON/],
    ['null', /expected/],
    ['[]', /version/],
    ['{"version":2}', /version is 2/],
    ['{"version":1,"digest":5}', /expected/],
  ];
  for (const [text, message] of broken)
    test(text || 'empty', () => assert.throws(() => parsePlan(text, 'p.json'), message));
  test('is read back, and is the same plan', () => {
    assertReviewed(plan, parsePlan(JSON.stringify(plan), 'p.json'));
  });
  test('with steps of anything is refused, not run', () => {
    for (const steps of [[], [null], [{ kind: 'athena' }], [{ sql: 5, object: {} }], ['x']]) {
      const file = parsePlan(JSON.stringify({ ...plan, digest: 'other', steps }), 'p.json');
      assert.throws(() => assertReviewed(plan, file), /stale/);
    }
  });
});
