import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import * as core from '../../scripts/core/load/index.ts';
import type { TableDefinition, ViewDefinition } from '../../scripts/core/model/definition.ts';
import { addDays } from '../../scripts/core/partition/index.ts';
import { table } from './load-table.ts';

const plain = { noNullPrototype: true };

const cases = <T>(name: string): T[] =>
  parse(readFileSync(new URL(`../cases/load/${name}.yaml`, import.meta.url), 'utf8'));

describe('lineage', () => {
  interface GraphCase {
    name: string;
    loads: Record<string, string[]>;
    checks?: Record<string, string>;
    order?: string[];
    upstream?: Record<string, string[]>;
    reads?: Record<string, string[]>;
    cycles?: string[];
  }
  for (const each of cases<GraphCase>('graph')) {
    test(each.name, () => {
      const graph = core.loadGraph(definitionsOf(each));
      if (each.order) assert.deepEqual(graph.order.map(core.keyOf), each.order);
      for (const [key, above] of Object.entries(each.upstream ?? {})) assert.deepEqual(graph.upstream.get(key), above);
      for (const [key, read] of Object.entries(each.reads ?? {})) {
        assert.deepEqual(graph.reads.get(key)?.map(core.keyOf), read);
      }
      assert.deepEqual(
        graph.cycles.map((cycle) => cycle.join(' ')),
        each.cycles ?? [],
      );
    });
  }

  function definitionsOf(each: GraphCase): { tables: TableDefinition[]; views: ViewDefinition[] } {
    const sql = (reads: string[]): string => `SELECT 1 AS a FROM ${reads.join(' CROSS JOIN ')}`;
    const split = (key: string): { database: string; name: string } => {
      const [database = '', name = ''] = key.replace(/^v:/, '').split('.');
      return { database, name };
    };
    const tables = Object.entries(each.loads).flatMap(([key, reads]) => {
      if (key.startsWith('v:')) return [];
      const to = each.checks?.[key];
      const checks = to === undefined ? '' : `checks: [{ relationships: { column: a, to: ${to}.a } }]`;
      return [table({ ...split(key), sql: sql(reads), extra: `load: { mode: replace }\n${checks}` })];
    });
    const views = Object.entries(each.loads).flatMap(([key, reads]) => {
      return key.startsWith('v:')
        ? [{ kind: 'view', ...split(key), sql: sql(reads) } as unknown as ViewDefinition]
        : [];
    });
    return { tables: [...tables, table({ database: 'land', name: 'x' })], views };
  }
});

describe('the definition hash', () => {
  const base = {
    sql: 'SELECT a, d FROM land.x WHERE d BETWEEN :from AND :to',
    extra: 'partitions: [{ name: d, type: date, date: yyyy-MM-dd, description: D }]\nload: { mode: partitions }',
  };
  const hash = (change: Partial<Parameters<typeof table>[0]>): string =>
    core.definitionHash(table({ ...base, ...change }));

  test('is the one that loaded partitions hold already', () => {
    assert.equal(hash({}).slice(0, 24), '247ac2ecb649cf0de5e79058');
  });

  test('says nothing about words, formatting, owners and checks', () => {
    const same = [
      { sql: '-- why\nselect A, D\nfrom land.x where d between :from and :to;' },
      { description: 'Another text' },
      { owner: 'somebody-else' },
      { extra: `${base.extra}\nchecks: [{ not_null: a }]` },
      { extra: base.extra.replace('partitions }', 'partitions, start: "2025-01-01" }') },
      { columns: '[{ name: a, type: BIGINT, description: Other words }]' },
    ];
    for (const change of same) assert.equal(hash(change), hash({}), JSON.stringify(change));
  });

  test('changes with everything that makes other rows or files', () => {
    const other = [
      { sql: 'SELECT a + 1 AS a, d FROM land.x WHERE d BETWEEN :from AND :to' },
      { columns: '[{ name: a, type: int, description: A }]' },
      { columns: '[{ name: a, type: bigint, description: A }, { name: b, type: int, description: B }]' },
      { extra: base.extra.replace('yyyy-MM-dd', 'yyyyMMdd') },
      { extra: `${base.extra}\nsorted_by: [a]` },
      { extra: `${base.extra}\ncompression: snappy` },
    ];
    const all = [hash({}), ...other.map(hash)];
    assert.equal(new Set(all).size, all.length);
  });
});

const text = fc.string({ unit: 'binary', maxLength: 12 });
const objects = fc.uniqueArray(fc.record({ key: text, etag: text, size: fc.nat() }, plain), {
  maxLength: 6,
  selector: (object) => object.key,
});
const upstream = fc.array(fc.record({ table: text, partition: fc.array(text, { maxLength: 2 }), load: text }, plain), {
  maxLength: 4,
});

describe('fingerprints', () => {
  test('do not depend on the order in which sources are found', () => {
    fc.assert(
      fc.property(objects, upstream, (found, loads) => {
        const print = core.fingerprint({ objects: found, upstream: loads });
        assert.equal(core.fingerprint({ objects: found.toReversed(), upstream: loads.toReversed() }), print);
      }),
    );
  });

  test('change with every key, ETag, size, and upstream load', () => {
    fc.assert(
      fc.property(objects, upstream, fc.nat(), text, (found, loads, pick, other) => {
        fc.pre(found.length > 0);
        const at = pick % found.length;
        const print = core.fingerprint({ objects: found, upstream: loads });
        const changes = [
          { ...found[at]!, etag: `${found[at]!.etag}${other}!` },
          { ...found[at]!, size: found[at]!.size + 1 },
          { ...found[at]!, key: `${found[at]!.key}${other}!` },
        ];
        for (const change of changes) {
          assert.notEqual(core.fingerprint({ objects: found.with(at, change), upstream: loads }), print);
        }
        assert.notEqual(core.fingerprint({ objects: found.toSpliced(at, 1), upstream: loads }), print);
        const more = [...loads, { table: 't', partition: ['p'], load: other }];
        assert.notEqual(core.fingerprint({ objects: found, upstream: more }), print);
      }),
    );
  });
});

describe('the ledger', () => {
  const past = fc.record(
    {
      id: fc.string({ minLength: 1 }),
      location: text,
      rows: fc.nat(),
      bytes: fc.nat(),
      fingerprint: text,
      definition: text,
      time: text,
      query: text,
      commit: text,
    },
    plain,
  );
  const entry = fc
    .record({ ...entryFields(), sources: objects, upstream, previous: fc.array(past, { maxLength: 2 }) })
    .map((fields): core.LedgerEntry => ({ ...fields, held: fields.held === '' ? undefined : fields.held }));

  function entryFields(): Record<
    'id' | 'fingerprint' | 'definition' | 'time' | 'query' | 'commit' | 'held',
    fc.Arbitrary<string>
  > &
    Record<'rows' | 'bytes', fc.Arbitrary<number>> {
    const id = fc.string({ minLength: 1 });
    return {
      id,
      rows: fc.nat(),
      bytes: fc.nat(),
      fingerprint: text,
      definition: text,
      time: text,
      query: text,
      commit: text,
      held: text,
    };
  }

  test('comes back from the parameters as it was, and leaves others alone', () => {
    fc.assert(
      fc.property(entry, (value) => {
        const parameters = core.withLedger({ other: 'x', 'weir.load.old': 'y' }, value);
        assert.deepEqual(core.readLedger(parameters), value);
        assert.equal(parameters.other, 'x');
        assert.equal('weir.load.old' in parameters, false);
      }),
    );
  });

  test('is none where no load has written, and survives broken values', () => {
    assert.equal(core.readLedger({ 'weir.managed': 'true' }), undefined);
    const broken = core.readLedger({
      'weir.load.id': 'x',
      'weir.load.rows': 'many',
      'weir.load.sources': '{',
      'weir.load.upstream': '3',
    });
    assert.deepEqual([broken?.rows, broken?.sources, broken?.upstream], [0, [], []]);
  });

  test('keeps the two loads before', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 6 }), (loads) => {
        const unique = loads.map((load, index) => ({
          ...load,
          id: `${index}`,
          previous: [] as readonly core.PastLoad[],
        }));
        let live: core.LedgerEntry | undefined;
        for (const load of unique) live = { ...load, previous: core.pastOf(live, `s3://${live?.id}/`) };
        const ids = unique.map((load) => load.id).toReversed();
        assert.deepEqual([live!.id, ...live!.previous.map((each) => each.id)], ids.slice(0, 3));
        assert.ok(live!.previous.every((each) => each.location === `s3://${each.id}/`));
      }),
    );
  });
});

describe('keys and listings', () => {
  interface KeyCase {
    name: string;
    base: string;
    partitions: Record<string, string>;
    template?: string;
    keys: Record<string, string | null>;
    prefix: [string, string, string][];
  }
  for (const each of cases<KeyCase>('keys')) {
    test(each.name, () => {
      const partitions = Object.entries(each.partitions).map(([name, date]) => ({
        name,
        type: 'string',
        description: undefined,
        date: date === '' ? undefined : date,
      }));
      const source: TableDefinition = {
        ...table({}),
        location: { bucket: 'landing', path: each.base },
        partitions,
        projection: each.template === undefined ? undefined : { columns: {}, template: each.template },
      };
      const read = core.keyReader(source);
      for (const [key, days] of Object.entries(each.keys)) {
        const found = read(key);
        assert.equal(found ? `${found.from}..${found.to}` : null, days, key);
      }
      for (const [from, to, prefix] of each.prefix) assert.equal(core.listingPrefix(source, { from, to }), prefix);
    });
  }
});

describe('CSV files', () => {
  const format = {
    kind: 'csv',
    serde: 'open',
    delimiter: ',',
    quote: '"',
    escape: '\\',
    header: 1,
    nullAs: undefined,
  } as const;
  for (const each of cases<{ name: string; text: string; part?: boolean; fault?: [number, string] }>('csv')) {
    test(each.name, () => {
      const fault = core.csvFault(each.text, format, ['a', 'b'], !each.part);
      assert.equal(fault?.line, each.fault?.[0], JSON.stringify(fault));
      if (each.fault) assert.ok(fault!.message.includes(each.fault[1]), fault!.message);
    });
  }
});

describe('what is due', () => {
  interface DueCase {
    name: string;
    monthly?: boolean;
    start?: string;
    yesterday: string;
    asked?: [string | null, string | null];
    sources: string[];
    loaded?: Record<string, string>;
    states: Record<string, string>;
    days?: string[];
    objects?: number[];
  }
  for (const each of cases<DueCase>('due')) {
    test(each.name, () => {
      const start = each.start === undefined ? '' : `, start: "${each.start}"`;
      const date = each.monthly ? 'yyyy-MM' : 'yyyy-MM-dd';
      const loaded = table({
        sql: 'SELECT a, d FROM land.x WHERE d BETWEEN :from AND :to',
        extra: `partitions: [{ name: d, type: string, date: ${date}, description: D }]\nload: { mode: partitions${start} }`,
      }) as core.LoadedTable;
      const asked: core.Asked = {
        range: each.asked && { from: each.asked[0] ?? undefined, to: each.asked[1] ?? undefined },
        yesterday: each.yesterday,
      };
      const periods = each.sources.map((day) => ({ from: day, to: day, sources: sourcesOf(day) }));
      const range = core.rangeOf(loaded, asked, each.sources.toSorted()[0]);
      const ledger = new Map(
        Object.entries(each.loaded ?? {}).map(([day, text]) => [core.unitKey([day]), entryOf(day, text)]),
      );
      const facts = {
        dated: [{ table: 'land.x', periods }],
        ledger,
        definition: 'now',
        asked: each.asked !== undefined,
      };
      const units = range === undefined ? [] : core.unitsOf(loaded, range, facts);
      const states = units.map((unit) => [unit.from, unit.state.kind === 'due' ? unit.state.reason : unit.state.kind]);
      assert.deepEqual(Object.fromEntries(states), each.states);
      if (each.days)
        assert.deepEqual(
          units.map((unit) => `${unit.from}..${unit.to}`),
          each.days,
        );
      if (each.objects)
        assert.deepEqual(
          units.map((unit) => unit.sources.objects.length),
          each.objects,
        );
    });
  }

  const sourcesOf = (day: string): core.Sources => ({
    objects: [{ key: `s3://b/${day}`, etag: 'e', size: 10 }],
    upstream: [],
  });

  function entryOf(day: string, state: string): core.LedgerEntry {
    return {
      ...core.readLedger({ 'weir.load.id': 'x' })!,
      fingerprint: state.startsWith('same') ? core.fingerprint(sourcesOf(day)) : 'another',
      definition: state.includes('stale') ? 'before' : 'now',
      held: state.includes('held') ? 'rolled back' : undefined,
    };
  }

  test('every source must be there', () => {
    const loaded = table({
      extra: 'partitions: [{ name: d, type: string, date: yyyy-MM-dd, description: D }]\nload: { mode: partitions }',
      sql: 'SELECT 1',
    }) as core.LoadedTable;
    const day = { from: '2025-01-01', to: '2025-01-01' };
    const dated = [
      { table: 'land.x', periods: [{ ...day, sources: sourcesOf('x') }] },
      { table: 'land.y', periods: [] },
    ];
    const [unit] = core.unitsOf(loaded, day, { dated, ledger: new Map(), definition: '', asked: false });
    assert.deepEqual(unit?.state, { kind: 'waiting', missing: ['land.y'] });
  });

  test('a source by month is that of each of its days', () => {
    const loaded = table({
      extra: 'partitions: [{ name: d, type: string, date: yyyy-MM-dd, description: D }]\nload: { mode: partitions }',
      sql: 'SELECT 1',
    }) as core.LoadedTable;
    const month = { from: '2025-02-01', to: '2025-02-28', sources: sourcesOf('feb') };
    const range = { from: '2025-01-31', to: '2025-03-01' };
    const facts = { dated: [{ table: 'land.x', periods: [month] }], ledger: new Map(), definition: '', asked: false };
    const due = core.unitsOf(loaded, range, facts).filter((unit) => unit.state.kind === 'due');
    assert.deepEqual([due.length, due[0]?.from, due.at(-1)?.from], [28, '2025-02-01', addDays('2025-03-01', -1)]);
  });
});

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

describe('mode files', () => {
  // Each object's rows: which partitions they go to. A step drops some objects, new or corrected, and loads them.
  const names = ['a', 'b', 'c', 'd'];
  const version = fc.record(
    { name: fc.constantFrom(...names), days: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 0 }) },
    plain,
  );

  test('every partition is made of just the objects that have rows in it now', () => {
    fc.assert(
      fc.property(fc.array(fc.array(version, { minLength: 1, maxLength: 3 }), { maxLength: 8 }), (steps) => {
        const live = new Map<string, { object: core.SourceObject; days: string[] }>();
        const ledger = new Map<string, { values: readonly string[]; entry: core.LedgerEntry }>();
        for (const [index, step] of steps.entries()) {
          for (const { name, days } of step) live.set(name, { object: { key: name, etag: `${index}`, size: 1 }, days });
          const changed = [...new Set(step.map((each) => each.name))].map((name) => live.get(name)!);
          const mapping = changed.flatMap(({ object, days }) =>
            days.map((day) => ({ object: object.key, values: [day] })),
          );
          const listed = new Map([...live.values()].map(({ object }) => [object.key, object]));
          const objectsNow = changed.map((each) => each.object);
          const { work, gone } = core.filePlan(objectsNow, mapping, ledger, listed);
          assert.deepEqual(gone, []);
          for (const { values, objects: sources } of work) {
            ledger.set(core.unitKey(values), { values, entry: { sources } as unknown as core.LedgerEntry });
          }
        }
        for (const day of ['1', '2', '3']) {
          const wanted = [...live.values()].filter((each) => each.days.includes(day)).map((each) => each.object);
          const found = ledger.get(core.unitKey([day]))?.entry.sources ?? [];
          assert.deepEqual(
            found.map((object) => JSON.stringify(object)).toSorted(),
            wanted.map((object) => JSON.stringify(object)).toSorted(),
          );
        }
      }),
    );
  });

  test('a partition whose other objects are gone cannot be made anew', () => {
    const entry = { sources: [{ key: 'x', etag: '1', size: 1 }] } as unknown as core.LedgerEntry;
    const ledger = new Map([[core.unitKey(['1']), { values: ['1'], entry }]]);
    const a = { key: 'a', etag: '1', size: 1 };
    const { gone } = core.filePlan([a], [{ object: 'a', values: ['1'] }], ledger, new Map([['a', a]]));
    assert.deepEqual(
      gone.map((object) => object.key),
      ['x'],
    );
  });

  test('where it cannot be told which object a row is from, every object counts', () => {
    const [a, b] = ['a', 'b'].map((key) => ({ key, etag: '1', size: 1 })) as [core.SourceObject, core.SourceObject];
    const listed = new Map([a, b].map((object) => [object.key, object]));
    const { work } = core.filePlan([a, b], [{ object: undefined, values: ['1'] }], new Map(), listed);
    assert.deepEqual(work, [{ values: ['1'], objects: [a, b] }]);
  });
});
