import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { raw, startedLake } from '../server/started.ts';

const lake = await startedLake();
await raw(lake.url, 'PUT', '/bkt');
const work = () => readdirSync(join(lake.dir, 'tmp'));

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await isSo()) return;
    await sleep(20);
  }
  assert.fail(what);
}

/** Streams `megabytes` of one pattern into an object and gives back its MD5. */
function putLarge(path: string, megabytes: number): Promise<string> {
  const chunk = Buffer.alloc(1 << 20, 'pattern');
  const md5 = createHash('md5');
  return new Promise((done, fail) => {
    const request = httpRequest(
      `${lake.url}${path}`,
      { method: 'PUT', headers: { 'content-length': megabytes << 20 } },
      (response) => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 200 ? done(md5.digest('hex')) : fail(new Error(String(response.statusCode))),
        );
      },
    );
    request.on('error', fail);
    let sent = 0;
    const more = () => {
      while (sent < megabytes) {
        sent += 1;
        md5.update(chunk);
        if (!request.write(chunk)) return void request.once('drain', more);
      }
      request.end();
    };
    more();
  });
}

function getMd5(path: string): Promise<string> {
  return new Promise((done, fail) => {
    httpRequest(`${lake.url}${path}`, (response) => {
      const md5 = createHash('md5');
      response.on('data', (chunk: Buffer) => md5.update(chunk));
      response.on('end', () => done(md5.digest('hex')));
    })
      .on('error', fail)
      .end();
  });
}

describe('bodies', () => {
  it('are streamed in and out: memory does not grow with them', async () => {
    let peak = 0;
    const before = process.memoryUsage().rss;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }, 5);
    const sent = await putLarge('/bkt/large', 200);
    assert.equal(await getMd5('/bkt/large'), sent);
    clearInterval(watch);
    assert.ok(peak < 100 * 2 ** 20, `memory grew by ${peak >> 20} MB for 200 MB`);
  });

  it('that end too early leave neither an object nor a file', async () => {
    const { hostname, port } = new URL(lake.url);
    const socket = connect(Number(port), hostname);
    socket.write('PUT /bkt/cut HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\nonly the beginning');
    await until('the upload began', () => work().length === 1);
    socket.destroy();
    await until('its file is gone', () => work().length === 0);
    assert.equal((await raw(lake.url, 'HEAD', '/bkt/cut')).status, 404);
  });

  it('that nobody reads to the end are let go', async () => {
    const { hostname, port } = new URL(lake.url);
    for (let i = 0; i < 20; i += 1) {
      const socket = connect(Number(port), hostname);
      socket.write('GET /bkt/large HTTP/1.1\r\nhost: a\r\n\r\n');
      await new Promise((done) => socket.once('data', done));
      socket.destroy();
    }
    assert.equal((await raw(lake.url, 'GET', '/bkt/large', { headers: { range: 'bytes=0-6' } })).body, 'pattern');
  });

  it('a reader gets one version whole, whatever is written meanwhile', async () => {
    const body = (version: number) => String(version % 10).repeat(300_000);
    await raw(lake.url, 'PUT', '/bkt/busy', { body: body(0) });
    let stop = false;
    const writer = (async () => {
      for (let version = 1; !stop; version += 1) {
        if (version % 7 === 0) await raw(lake.url, 'DELETE', '/bkt/busy');
        await raw(lake.url, 'PUT', '/bkt/busy', { body: body(version) });
      }
    })();
    for (let i = 0; i < 60; i += 1) {
      const answer = await raw(lake.url, 'GET', '/bkt/busy');
      if (answer.status === 404) continue;
      assert.equal(answer.status, 200);
      assert.equal(answer.body.length, 300_000);
      assert.equal(answer.body, answer.body.charAt(0).repeat(300_000));
      assert.equal(answer.headers.etag, `"${createHash('md5').update(answer.body).digest('hex')}"`);
    }
    stop = true;
    await writer;
  });

  it('refused at once are read off, and the connection serves on', async () => {
    for (let i = 0; i < 3; i += 1) {
      const answer = await raw(lake.url, 'PUT', '/no-such-bucket/k', { body: 'x'.repeat(3_000_000) });
      assert.match(answer.body, /NoSuchBucket/);
    }
  });

  it('waits are answered: Expect 100-continue', async () => {
    const answer = await raw(lake.url, 'PUT', '/bkt/expected', { headers: { expect: '100-continue' }, body: 'hello' });
    assert.equal(answer.status, 200);
  });
});
