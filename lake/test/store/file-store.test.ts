import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type FileStore, openFileStore } from '../../src/store/file-store.ts';
import { temporaryFolder } from '../server/started.ts';

async function opened(dir = temporaryFolder()): Promise<{ dir: string; store: FileStore }> {
  const store = openFileStore(dir);
  await store.createBucket('bkt');
  return { dir, store };
}

async function reopened(dir: string, store: FileStore): Promise<FileStore> {
  await store.close();
  return openFileStore(dir);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

describe('object store', () => {
  it('keeps objects, their order and their type over a restart', async () => {
    const { dir, store } = await opened();
    for (const key of ['b', 'a/2.csv', 'a/10.csv', 'c'])
      await store.put('bkt', key, Buffer.from(key), { contentType: 'text/csv' });
    await store.delete('bkt', 'c');
    const again = await reopened(dir, store);
    assert.deepEqual(
      again.list('bkt', '').map(({ key }) => key),
      ['a/10.csv', 'a/2.csv', 'b'],
    );
    assert.deepEqual(
      again.list('bkt', 'a/').map(({ key }) => key),
      ['a/10.csv', 'a/2.csv'],
    );
    const object = again.head('bkt', 'a/2.csv');
    assert.equal(readFileSync(object!.path, 'utf8'), 'a/2.csv');
    assert.equal(object!.path, join(dir, 'objects', 'bkt', 'a', '2.csv'));
    assert.deepEqual([object!.contentType, object!.size], ['text/csv', 7]);
    await again.close();
  });

  it('leaves one file an object, and no empty folder', async () => {
    const { dir, store } = await opened();
    for (let i = 0; i < 5; i += 1) await store.put('bkt', 'deep/er/k.csv', Buffer.from(String(i)));
    assert.equal(filesBelow(join(dir, 'objects')).length, 1);
    assert.equal(readFileSync(store.head('bkt', 'deep/er/k.csv')!.path, 'utf8'), '4');
    await store.delete('bkt', 'deep/er/k.csv');
    assert.deepEqual(readdirSync(join(dir, 'objects', 'bkt')), []);
    await store.close();
  });

  it('takes a finished file in', async () => {
    const { store } = await opened();
    const file = join(store.scratch(), 'part-0.parquet');
    writeFileSync(file, 'hello');
    const object = await store.adopt('bkt', 'out/part-0.parquet', file);
    assert.equal(object.etag, '5d41402abc4b2a76b9719d911017c592');
    assert.equal(existsSync(file), false);
    await store.close();
  });

  it('cuts off a line that a killed process left half-written', async () => {
    const { dir, store } = await opened();
    await store.put('bkt', 'k', Buffer.from('x'));
    await store.close();
    appendFileSync(join(dir, 'objects.jsonl'), '{"o":"put","b":"bkt","k":"ha');
    const again = openFileStore(dir);
    assert.deepEqual(
      again.list('bkt', '').map(({ key }) => key),
      ['k'],
    );
    await again.put('bkt', 'l', Buffer.from('y'));
    const third = await reopened(dir, again);
    assert.deepEqual(
      third.list('bkt', '').map(({ key }) => key),
      ['k', 'l'],
    );
    await third.close();
  });

  it('names the line of a damaged journal', async () => {
    const { dir, store } = await opened();
    await store.close();
    appendFileSync(join(dir, 'objects.jsonl'), 'not json\n');
    assert.throws(() => openFileStore(dir), /objects\.jsonl:2 is not JSON.*Restore it/);
  });

  it('shortens its journal at start-up and loses nothing by it', async () => {
    const { dir, store } = await opened();
    await store.setSetting('bkt', 'policy', '{}');
    for (let i = 0; i < 10; i += 1) await store.put('bkt', `k${i}`, Buffer.from(String(i)));
    await store.close();
    appendFileSync(join(dir, 'objects.jsonl'), '{"o":"del","b":"bkt","k":"gone"}\n'.repeat(1100));
    const again = openFileStore(dir);
    const lines = readFileSync(join(dir, 'objects.jsonl'), 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, 12);
    const third = await reopened(dir, again);
    assert.equal(readFileSync(third.head('bkt', 'k9')!.path, 'utf8'), '9');
    assert.equal(third.bucket('bkt')?.settings.get('policy'), '{}');
    await third.close();
  });

  it('removes what was left in its work folder', async () => {
    const { dir, store } = await opened();
    writeFileSync(join(store.scratch(), 'left'), 'x');
    const again = await reopened(dir, store);
    assert.deepEqual(readdirSync(join(dir, 'tmp')), []);
    await again.close();
  });

  it('finds another path where one key stands in the way of another', async () => {
    const { dir, store } = await opened();
    const keys = ['a', 'a/b', 'a/b/c', 'x/y/z.csv', 'x/y', 'x', 'a/', 'x.csv/k', 'x.csv'];
    for (const key of keys) await store.put('bkt', key, Buffer.from(key));
    const again = await reopened(dir, store);
    for (const key of keys) assert.equal(readFileSync(again.head('bkt', key)!.path, 'utf8'), key);
    assert.equal(again.head('bkt', 'a')!.path, join(dir, 'objects', 'bkt', 'a'));
    assert.equal(again.head('bkt', 'a/b')!.path, join(dir, 'objects', 'bkt', 'a%d', 'b%f'));
    for (const key of keys) await again.delete('bkt', key);
    assert.deepEqual(filesBelow(join(dir, 'objects')), []);
    await again.close();
  });

  it('sweeps away files that no object names, and nothing else', async () => {
    const { dir, store } = await opened();
    for (const key of ['a', 'a/b.csv', '../up', `${'k'.repeat(300)}.csv`, 'twice', 'twice'])
      await store.put('bkt', key, Buffer.from(key));
    for (const orphan of ['x.csv', 'a%d/y.csv', 'twice']) writeFileSync(join(dir, 'objects', 'bkt', orphan), 'left');
    const [removed] = await Promise.all([store.sweep(), store.put('bkt', 'meanwhile', Buffer.from('new'))]);
    assert.equal(removed, 3);
    for (const { key, path } of store.list('bkt', ''))
      assert.equal(readFileSync(path, 'utf8'), key === 'meanwhile' ? 'new' : key);
    assert.equal(filesBelow(join(dir, 'objects')).length, 6);
    await store.close();
  });

  it('does not follow a symlink out of the folder', async () => {
    const { dir, store } = await opened();
    const outside = temporaryFolder();
    mkdirSync(join(dir, 'objects', 'bkt'), { recursive: true });
    symlinkSync(outside, join(dir, 'objects', 'bkt', 'a'));
    await assert.rejects(store.put('bkt', 'a/b.csv', Buffer.from('x')), /leads out of the lake/);
    await assert.rejects(store.put('bkt', 'a/folder/b.csv', Buffer.from('x')), /leads out of the lake/);
    assert.deepEqual(readdirSync(outside), []);
    assert.equal(store.head('bkt', 'a/b.csv'), undefined);
    await store.close();
  });

  it('opens and lists 100,000 objects in about a second of the processor', async () => {
    const { dir, store } = await opened();
    await store.close();
    const line = (i: number) =>
      `{"o":"put","b":"bkt","k":"sales/day=${i % 365}/part-${i}.parquet","s":1,"e":"${'0'.repeat(32)}","m":1}\n`;
    appendFileSync(join(dir, 'objects.jsonl'), Array.from({ length: 100_000 }, (_, i) => line(i)).join(''));
    const begun = process.cpuUsage();
    const again = openFileStore(dir);
    assert.equal(again.list('bkt', 'sales/').length, 100_000);
    const { user, system } = process.cpuUsage(begun);
    const ms = (user + system) / 1_000;
    assert.ok(ms < 1500, `${Math.round(ms)} ms`);
    await again.close();
    rmSync(join(dir, 'objects.jsonl'));
  });
});
