import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as core from '../../scripts/core/load/index.ts';
import { table } from './load-table.ts';

const plain = { noNullPrototype: true };

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
  const { held: _, ...kept } = entryFields();
  const past = fc.record({ ...kept, location: text }, plain);
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
