import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readPage } from '../../src/athena/results-reader.ts';
import { openFileStore } from '../../src/store/file-store.ts';

/** What somebody put in the place of a result is read as far as it can be, and never for ever. */

const dir = mkdtempSync(join(tmpdir(), 'weir-results-'));
const store = openFileStore(dir);
before(() => store.createBucket('bkt'));
after(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

const cases: readonly (readonly [title: string, text: string, rows: readonly (readonly (string | null)[])[]])[] = [
  [
    'as it was written',
    '"a","b"\n"1",\n',
    [
      ['a', 'b'],
      ['1', null],
    ],
  ],
  ['a quote that closes nothing', '"a",b","""\n', [['a', 'b"', '"']]],
  ['quotes between cells', '"a"b,"c"\n', [['a']]],
  ['no end of a line', '"a","b"', []],
  ['nothing but quotes', '"'.repeat(7), []],
  ['bytes that are no text', '\u0000\ufffd\n', [['\u0000\ufffd']]],
];

for (const [title, text, rows] of cases)
  test(title, { timeout: 5000 }, async () => {
    await store.put('bkt', 'r.csv', Buffer.from(text));
    const page = await readPage(store, 's3://bkt/r.csv', { kind: 'csv' }, 0, 10);
    assert.deepEqual(page.rows, rows);
  });

test('a record longer than the pieces that are read', async () => {
  const long = 'x'.repeat(700_000);
  await store.put('bkt', 'r.csv', Buffer.from(`"${long}\n"\n"b"\n`));
  const first = await readPage(store, 's3://bkt/r.csv', { kind: 'csv' }, 0, 1);
  assert.equal(first.rows[0]?.[0], `${long}\n`);
  assert.deepEqual((await readPage(store, 's3://bkt/r.csv', { kind: 'csv' }, first.next!, 1)).rows, [['b']]);
});

test('a file that was taken away, or that leads out of the lake', async () => {
  const { path } = await store.put('bkt', 'r.csv', Buffer.from('"a"\n'));
  const outside = join(mkdtempSync(join(tmpdir(), 'outside-')), 'secret');
  writeFileSync(outside, '"secret"\n');
  rmSync(path);
  const read = () => readPage(store, 's3://bkt/r.csv', { kind: 'csv' }, 0, 10);
  await assert.rejects(read, /Could not find results at s3:\/\/bkt\/r\.csv/);
  symlinkSync(outside, path);
  await assert.rejects(read, /Could not find results/);
});
