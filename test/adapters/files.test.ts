import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { readPipeline, writePipelineFile } from '../../scripts/adapters/files.ts';
import { UserError } from '../../scripts/core/model/exit.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'weir files '));
  await mkdir(join(dir, 'pipeline/tables/a/b'), { recursive: true });
  await writeFile(join(dir, 'pipeline/lake.yaml'), 'timezone: UTC\n');
  await writeFile(join(dir, 'pipeline/tables/a/b/table.yaml'), 'x: ä\n');
  await writeFile(join(dir, 'secret.yaml'), 'secret\n');
});
afterEach(() => rm(dir, { recursive: true }));

async function told(): Promise<readonly string[]> {
  const { findings } = await readPipeline(dir);
  return findings.map(({ place, rule }) => `${place.path}:${place.line}:${place.column} ${rule}`);
}

test('reads every file as text, with forward slashes', async () => {
  const { files, findings } = await readPipeline(dir);
  assert.deepEqual(files, [
    { path: 'pipeline/lake.yaml', text: 'timezone: UTC\n' },
    { path: 'pipeline/tables/a/b/table.yaml', text: 'x: ä\n' },
  ]);
  assert.deepEqual(findings, []);
});

test('links to files and folders are told and not followed', async () => {
  await symlink(join(dir, 'secret.yaml'), join(dir, 'pipeline/allow.yaml'));
  await symlink('/', join(dir, 'pipeline/tables/root'));
  await symlink('../tables', join(dir, 'pipeline/views'));
  assert.deepEqual(await told(), [
    'pipeline/allow.yaml:1:1 link',
    'pipeline/tables/root:1:1 link',
    'pipeline/views:1:1 link',
  ]);
  const { files } = await readPipeline(dir);
  assert.equal(files.length, 2);
  assert.ok(files.every((file) => !file.text.includes('secret')));
});

test('a pipeline folder that is a link, or is not there, is refused', async () => {
  await symlink(join(dir, 'pipeline'), join(dir, 'elsewhere'));
  await mkdir(join(dir, 'sub'));
  await symlink(join(dir, 'pipeline'), join(dir, 'sub/pipeline'));
  await assert.rejects(
    readPipeline(join(dir, 'sub')),
    (error) => error instanceof UserError && /link/.test(error.message),
  );
  await assert.rejects(readPipeline(join(dir, 'none')), UserError);
});

test('a file over the limit is told by its size and not read', async () => {
  await writeFile(join(dir, 'pipeline/allow.yaml'), 'x'.repeat(1_000_001));
  assert.deepEqual(await told(), ['pipeline/allow.yaml:1:1 file-too-big']);
  await writeFile(join(dir, 'pipeline/allow.yaml'), 'x'.repeat(1_000_000));
  assert.deepEqual(await told(), []);
});

test('bytes that are not UTF-8 are told; a byte order mark is kept for the YAML reader to tell', async () => {
  await writeFile(join(dir, 'pipeline/allow.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
  assert.deepEqual(await told(), ['pipeline/allow.yaml:1:1 not-utf8']);
  await writeFile(join(dir, 'pipeline/allow.yaml'), '\uFEFF[]\n');
  const { files } = await readPipeline(dir);
  assert.equal(files[0]?.text, '\uFEFF[]\n');
});

test('an empty folder is told', async () => {
  await mkdir(join(dir, 'pipeline/tables/a/empty'));
  assert.deepEqual(await told(), ['pipeline/tables/a/empty:1:1 empty-folder']);
});

test('a file is written whole, and never through a link', async () => {
  await writePipelineFile(dir, 'pipeline/lake.yaml', 'new\n');
  assert.equal(await readFile(join(dir, 'pipeline/lake.yaml'), 'utf8'), 'new\n');
  await rm(join(dir, 'pipeline/lake.yaml'));
  await symlink(join(dir, 'secret.yaml'), join(dir, 'pipeline/lake.yaml'));
  await assert.rejects(writePipelineFile(dir, 'pipeline/lake.yaml', 'x'), UserError);
  assert.equal(await readFile(join(dir, 'secret.yaml'), 'utf8'), 'secret\n');
});
