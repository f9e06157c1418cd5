import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readSnapshot, writeSnapshot } from '../../scripts/adapters/snapshot.ts';
import { snapshotFiles } from '../../scripts/core/plan/snapshot.ts';
import { definitionsOf } from '../core/diff-case.ts';
import { catalogOf } from '../core/pure-catalog.ts';

let dir: string;
before(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'weir snapshot-')), 'catalog');
});
after(() => rmSync(join(dir, '..'), { recursive: true, force: true }));

const definitions = definitionsOf({
  tables: { t: { columns: [{ name: 'a', type: 'int' }] }, u: { columns: [{ name: 'a', type: 'int' }] } },
});
const environment = definitions.lake.environments.local!;
const whole = catalogOf(definitions, environment);

test('a snapshot that is not there yet is an empty catalog', async () => {
  const { lake, note } = await readSnapshot(dir, 'local');
  assert.deepEqual(lake, { databases: [], tables: [] });
  assert.match(note, /no catalog snapshot/);
  await assert.rejects(readSnapshot(`${dir}x`, 'local', dir), /cannot be read \(ENOENT\)/);
});

test('what is written is read again; files of objects that are gone go, others stay', async () => {
  await writeSnapshot(dir, snapshotFiles(whole, 'local'));
  writeFileSync(join(dir, 'README.md'), 'kept');
  mkdirSync(join(dir, '.git'));
  writeFileSync(join(dir, '.git', 'x.table.json'), 'kept');
  const { lake } = await readSnapshot(dir, 'local');
  assert.deepEqual(snapshotFiles(lake, 'local'), snapshotFiles(whole, 'local'));
  const less = { ...whole, tables: whole.tables.filter(({ table }) => table.name !== 'u') };
  await writeSnapshot(dir, snapshotFiles(less, 'local'));
  assert.deepEqual(readdirSync(join(dir, 'd')).sort(), ['database.json', 't.table.json']);
  assert.ok(existsSync(join(dir, 'README.md')) && existsSync(join(dir, '.git', 'x.table.json')));
});

test("another environment's snapshot and other files are refused", async () => {
  await assert.rejects(readSnapshot(dir, 'prod'), /snapshot of environment local, not of prod/);
  writeFileSync(join(dir, 'snapshot.json'), '{"version":9}');
  await assert.rejects(readSnapshot(dir, 'local'), /holds no catalog snapshot/);
  writeFileSync(join(dir, 'snapshot.json'), 'no json');
  await assert.rejects(readSnapshot(dir, 'local'), /cannot be read/);
});
