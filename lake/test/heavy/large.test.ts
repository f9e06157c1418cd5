import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { it } from 'node:test';
import { raw, startedLake } from '../server/started.ts';

const lake = await startedLake();
await raw(lake.url, 'PUT', '/bkt');

it('an object of 1 GB never sits in memory', async (test) => {
  const chunk = Buffer.alloc(1 << 20, 'pattern');
  const before = process.memoryUsage().rss;
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss - before);
  }, 10);
  const sent = createHash('md5');
  const begun = performance.now();
  await new Promise<void>((done, fail) => {
    const request = httpRequest(
      `${lake.url}/bkt/large`,
      { method: 'PUT', headers: { 'content-length': 2 ** 30 } },
      (response) => {
        response
          .resume()
          .on('end', () => (response.statusCode === 200 ? done() : fail(new Error(String(response.statusCode)))));
      },
    );
    let count = 0;
    const more = () => {
      for (; count < 1024; count += 1) {
        sent.update(chunk);
        if (!request.write(chunk)) {
          count += 1;
          request.once('drain', more);
          return;
        }
      }
      request.end();
    };
    more();
  });
  const put = performance.now() - begun;
  const got = createHash('md5');
  await new Promise<void>((done) => {
    httpRequest(`${lake.url}/bkt/large`, (response) => {
      response.on('data', (bytes: Buffer) => got.update(bytes)).on('end', done);
    }).end();
  });
  clearInterval(watch);
  test.diagnostic(`put in ${put.toFixed(0)} ms, memory grew by ${peak >> 20} MB`);
  assert.equal(got.digest('hex'), sent.digest('hex'));
  assert.ok(peak < 150 * 2 ** 20, `memory grew by ${peak >> 20} MB`);
});

it('10,000 requests leave memory as it was', async (test) => {
  const round = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      await raw(lake.url, 'PUT', `/bkt/k${i % 100}`, { body: String(i) });
      await raw(lake.url, 'GET', `/bkt/k${i % 100}`);
    }
  };
  await round(2500);
  const before = process.memoryUsage().rss;
  await round(5000);
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  test.diagnostic(`memory grew by ${grown.toFixed(0)} MB over 10,000 requests`);
  assert.ok(grown < 60, `${grown.toFixed(0)} MB`);
});
