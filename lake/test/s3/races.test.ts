import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { type RawAnswer, raw, startedLake } from '../server/started.ts';

const lake = await startedLake();
await raw(lake.url, 'PUT', '/bkt');
const stderr = mock.method(process.stderr, 'write', () => true);

const PART = 5 * 1024 * 1024;

async function startedUpload(key: string): Promise<{ path: string; list: string }> {
  const started = await raw(lake.url, 'POST', `/bkt/${key}?uploads`);
  const path = `/bkt/${key}?uploadId=${/<UploadId>(.*)<\/UploadId>/.exec(started.body)![1]}`;
  const parts = [];
  for (const number of [1, 2, 3]) {
    const { headers } = await raw(lake.url, 'PUT', `${path}&partNumber=${number}`, {
      body: Buffer.alloc(PART, number),
    });
    parts.push(`<Part><PartNumber>${number}</PartNumber><ETag>${headers.etag}</ETag></Part>`);
  }
  return { path, list: `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>` };
}

const codeOf = (answer: RawAnswer) => /<Code>(.*)<\/Code>/.exec(answer.body)?.[1] ?? String(answer.status);

describe('requests that meet', () => {
  it('a completion and an abort: the object, or no such upload', async () => {
    const { path, list } = await startedUpload('aborted');
    const completing = raw(lake.url, 'POST', path, { body: list });
    const aborting = raw(lake.url, 'DELETE', path);
    const [completed, aborted] = (await Promise.all([completing, aborting])).map(codeOf);
    assert.ok(['200 NoSuchUpload', 'NoSuchUpload 204'].includes(`${completed} ${aborted}`), `${completed} ${aborted}`);
    const there = (await raw(lake.url, 'HEAD', '/bkt/aborted')).status;
    assert.equal(there, completed === '200' ? 200 : 404);
    assert.equal(stderr.mock.callCount(), 0);
  });

  it('a completion and a part sent again: the object as listed, or an invalid part', async () => {
    const { path, list } = await startedUpload('replaced');
    const completing = raw(lake.url, 'POST', path, { body: list });
    const sent = raw(lake.url, 'PUT', `${path}&partNumber=3`, { body: 'other' });
    const completed = codeOf(await completing);
    await sent;
    assert.ok(['200', 'InvalidPart'].includes(completed), completed);
    assert.equal(stderr.mock.callCount(), 0);
  });

  it('20 writers under one condition: one wins', async () => {
    const race = (headers: Record<string, string>, word: string) =>
      Promise.all(
        Array.from({ length: 20 }, (_, at) => raw(lake.url, 'PUT', '/bkt/won', { headers, body: `${word} ${at}` })),
      );
    const created = await race({ 'if-none-match': '*' }, 'by');
    assert.deepEqual([...new Set(created.map(({ status }) => status))].sort(), [200, 412]);
    assert.equal(created.filter(({ status }) => status === 200).length, 1);
    const { headers, body } = await raw(lake.url, 'GET', '/bkt/won');
    assert.equal(body, `by ${created.findIndex(({ status }) => status === 200)}`);
    const replaced = (await race({ 'if-match': String(headers.etag) }, 'again by')).map(({ status }) => status);
    assert.equal(replaced.filter((status) => status === 200).length, 1);
    assert.ok(
      replaced.every((status) => [200, 409, 412].includes(status)),
      replaced.join(),
    );
  });
});
