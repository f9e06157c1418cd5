import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareUtf8, createKeyOrder } from '../../src/store/key-order.ts';
import { keyPath } from '../../src/store/key-path.ts';

/** Plain keys, and what paths, globs, escapes and marks could be made of. */
const segment = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    'a',
    'A',
    'a.b',
    '%d',
    '%f',
    '%h',
    'a%f',
    'a%v1',
    '%25',
    '*',
    '[a]',
    'year=2024',
    'part-0.parquet',
    'é',
    '\u0301',
    '\uff40',
    '🐟',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const key = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join('/'))
  .filter((text) => text !== '');

const plain = { generation: 0, marked: false, foldsCase: false };

describe('paths of keys', () => {
  for (const [text, path, marked] of [
    ['a/b=1/part-0.parquet', 'a/b=1/part-0.parquet', 'a%d/b=1%d/part-0%f.parquet'],
    ['sales/2024-09-01/sales 1.csv.gz', 'sales/2024-09-01/sales 1.csv.gz', 'sales%d/2024-09-01%d/sales 1%f.csv.gz'],
    ['_SUCCESS', '_SUCCESS', '_SUCCESS%f'],
    ['v1.2/x.csv', 'v1.2/x.csv', 'v1.2%d/x%f.csv'],
    ['../../etc/passwd', '%2E%2E/%2E%2E/etc/passwd', '%2E%2E%d/%2E%2E%d/etc%d/passwd%f'],
    ['/a//b/', '%d/a/%d/b/%f', '%d/a%d/%d/b%d/%f'],
    ['a*[b]?.csv', 'a%2A%5Bb%5D%3F.csv', 'a%2A%5Bb%5D%3F%f.csv'],
  ] as const)
    it(`${text} lies at ${path}, or at ${marked}`, () => {
      assert.equal(keyPath(text, plain), path);
      assert.equal(keyPath(text, { ...plain, marked: true }), marked);
    });

  it('tells generations apart and keeps the extension', () => {
    assert.equal(keyPath('a/b.csv', { ...plain, generation: 1 }), 'a/b%v1.csv');
    assert.equal(keyPath('a/b', { ...plain, generation: 36 }), 'a/b%v10');
  });

  it('escapes case where the file system folds it', () => {
    assert.equal(keyPath('Ab/ü.csv', { ...plain, foldsCase: true }), '%41b/%C3%BC.csv');
  });

  for (const foldsCase of [false, true])
    it(`never leave the folder and never meet; a marked one is never in another's way (${foldsCase ? 'case folded' : 'as they are'})`, () => {
      const normal = (path: string) => (foldsCase ? path.normalize('NFC').toLowerCase() : path);
      fc.assert(
        fc.property(
          fc.uniqueArray(key, { minLength: 2, maxLength: 6 }),
          fc.integer({ min: 1, max: 40 }),
          (keys, later) => {
            const all = (marked: boolean) =>
              keys.flatMap((one) => [0, later].map((generation) => keyPath(one, { generation, marked, foldsCase })));
            const [unmarked, marked] = [all(false), all(true)];
            for (const paths of [unmarked, marked]) assert.equal(new Set(paths.map(normal)).size, paths.length);
            // One key may have the same path in both manners (`/`), but never that of another key.
            for (const [index, path] of marked.entries())
              assert.ok(
                unmarked.every((other, at) => at === index || normal(other) !== normal(path)),
                path,
              );
            for (const path of [...unmarked, ...marked])
              for (const name of path.split('/')) {
                assert.ok(name !== '' && name !== '.' && name !== '..' && Buffer.byteLength(name) <= 255, path);
                assert.doesNotMatch(name, /[*?[\]\\\0]/);
              }
            for (const path of marked)
              for (const other of [...unmarked, ...marked]) {
                assert.ok(!normal(other).startsWith(`${normal(path)}/`), `${path} is a folder of ${other}`);
                assert.ok(!normal(path).startsWith(`${normal(other)}/`), `${other} is a folder of ${path}`);
              }
          },
        ),
        { numRuns: 250, seed: 1 },
      );
    });

  it('stay short for the longest keys', () => {
    for (const long of [
      'k'.repeat(1024),
      '/'.repeat(1024),
      '../'.repeat(341),
      '%'.repeat(1024),
      `${'d/'.repeat(500)}part.parquet`,
    ])
      assert.ok(Buffer.byteLength(keyPath(long, { ...plain, generation: 1, marked: true })) <= 720, long);
    assert.match(
      keyPath(`${'k'.repeat(300)}.snappy.parquet`, plain),
      /^%h\/[0-9a-f]{2}\/[0-9a-f]{64}\.snappy\.parquet$/,
    );
  });
});

describe('order of keys', () => {
  it('is that of their bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        assert.equal(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('holds through adding and removing, and finds prefixes', () => {
    fc.assert(
      fc.property(fc.array(key), fc.array(key), key, (added, removed, prefix) => {
        const order = createKeyOrder(new Set(added.slice(0, 3)));
        for (const one of added) order.add(one);
        for (const one of removed) order.remove(one);
        const wanted = [...new Set(added)]
          .filter((one) => !removed.includes(one))
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        assert.deepEqual(
          Array.from({ length: order.size }, (_, index) => order.at(index)),
          wanted,
        );
        const found = wanted.slice(order.from(prefix), order.afterPrefix(prefix));
        assert.deepEqual(
          found,
          wanted.filter((one) => one.startsWith(prefix)),
        );
      }),
      { numRuns: 250, seed: 1 },
    );
  });
});
