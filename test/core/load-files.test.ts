import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as core from '../../scripts/core/load/index.ts';

const plain = { noNullPrototype: true };

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
          const dropped = [...new Set(step.map((each) => each.name))].map((name) => live.get(name)!);
          const mapping = dropped.flatMap(({ object, days }) =>
            days.map((day) => ({ object: object.key, values: [day] })),
          );
          const listed = new Map([...live.values()].map(({ object }) => [object.key, object]));
          const objectsNow = dropped.map((each) => each.object);
          for (const { values, objects: sources, changed } of core.filePlan(objectsNow, mapping, ledger, listed)) {
            assert.deepEqual(changed, []);
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

  test('what a partition is made of and is not there as it was is told, and never taken as it is now', () => {
    const entry = { sources: ['gone', 'changed', 'same'].map((key) => ({ key, etag: '1', size: 1 })) };
    const ledger = new Map([[core.unitKey(['1']), { values: ['1'], entry: entry as unknown as core.LedgerEntry }]]);
    const a = { key: 'a', etag: '1', size: 1 };
    const now = [a, { key: 'changed', etag: '2', size: 1 }, { key: 'same', etag: '1', size: 1 }];
    const listed = new Map(now.map((object) => [object.key, object]));
    const [work] = core.filePlan([a], [{ object: 'a', values: ['1'] }], ledger, listed);
    assert.deepEqual(
      work?.objects.map((object) => object.key),
      ['same', 'a'],
    );
    assert.deepEqual(
      work?.changed.map((object) => object.key),
      ['gone', 'changed'],
    );
  });

  test('where it cannot be told which object a row is from, every object counts', () => {
    const [a, b] = ['a', 'b'].map((key) => ({ key, etag: '1', size: 1 })) as [core.SourceObject, core.SourceObject];
    const listed = new Map([a, b].map((object) => [object.key, object]));
    const work = core.filePlan([a, b], [{ object: undefined, values: ['1'] }], new Map(), listed);
    assert.deepEqual(work, [{ values: ['1'], objects: [a, b], changed: [] }]);
  });
});
