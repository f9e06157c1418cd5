import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, mock } from 'node:test';
import { raw, startedLake, temporaryFolder } from '../server/started.ts';

const lake = await startedLake();
await raw(lake.url, 'PUT', '/bkt');
const bucket = join(lake.dir, 'objects', 'bkt');
mkdirSync(bucket, { recursive: true });

describe('a symlink in the folder that leads out of it', () => {
  const outside = temporaryFolder();
  writeFileSync(join(outside, 'secret'), 'secret');
  symlinkSync(outside, join(bucket, 'a'));
  symlinkSync(join(outside, 'missing'), join(bucket, 'dangling'));
  const stderr = mock.method(process.stderr, 'write', () => true);
  const refused = async (method: string, path: string, body?: string) => {
    const answer = await raw(lake.url, method, path, body === undefined ? {} : { body });
    assert.deepEqual([answer.status, /<Code>(.*)<\/Code>/.exec(answer.body)?.[1]], [403, 'AccessDenied'], path);
    assert.ok(!answer.body.includes(outside) && !answer.body.includes(lake.dir), answer.body);
  };

  it('is written through by no request, nor is it a fault of the lake', async () => {
    await refused('PUT', '/bkt/a/b', 'x');
    await refused('PUT', '/bkt/a/new/b', 'x');
    await refused('PUT', '/bkt/dangling/b', 'x');
    const started = await raw(lake.url, 'POST', '/bkt/a/parts?uploads');
    const id = /<UploadId>(.*)<\/UploadId>/.exec(started.body)![1]!;
    const part = await raw(lake.url, 'PUT', `/bkt/a/parts?uploadId=${id}&partNumber=1`, { body: 'x' });
    const etag = String(part.headers.etag);
    const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
    const completed = await raw(lake.url, 'POST', `/bkt/a/parts?uploadId=${id}`, { body: list });
    assert.match(completed.body, /AccessDenied/);
    assert.deepEqual(readdirSync(outside), ['secret']);
    assert.deepEqual(readdirSync(join(lake.dir, 'tmp')), []);
    assert.equal(stderr.mock.callCount(), 0);
  });

  it('is neither read nor deleted through, where it took the place of a folder', async () => {
    await raw(lake.url, 'PUT', '/bkt/was/secret', { body: 'mine' });
    renameSync(join(bucket, 'was'), join(bucket, 'moved'));
    symlinkSync(outside, join(bucket, 'was'));
    await refused('GET', '/bkt/was/secret');
    const copied = await raw(lake.url, 'PUT', '/bkt/copy', { headers: { 'x-amz-copy-source': 'bkt/was/secret' } });
    assert.match(copied.body, /AccessDenied/);
    assert.equal((await raw(lake.url, 'HEAD', '/bkt/copy')).status, 404);
    assert.equal((await raw(lake.url, 'DELETE', '/bkt/was/secret')).status, 204);
    assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
    assert.equal((await raw(lake.url, 'GET', '/bkt/was/secret')).status, 404);
  });
});
