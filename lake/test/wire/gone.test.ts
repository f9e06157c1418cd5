import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it, mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { raw, startedLake } from '../server/started.ts';

const lake = await startedLake();
await raw(lake.url, 'PUT', '/bkt');
await raw(lake.url, 'PUT', '/bkt/large', { body: 'x'.repeat(8_000_000) });

/** Sends the beginning of a request and cuts the connection. */
async function leave(head: string): Promise<void> {
  const { hostname, port } = new URL(lake.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(`${head}\r\nhost: 127.0.0.1\r\n\r\nbeginning`);
  await sleep(60);
  socket.destroy();
}

const LENGTH = '\r\ncontent-length: 100000';
const BEGUN: Readonly<Record<string, string>> = {
  'a Glue call': `POST / HTTP/1.1\r\nx-amz-target: AWSGlue.GetDatabases${LENGTH}`,
  'an Athena call': `POST / HTTP/1.1\r\nx-amz-target: AmazonAthena.ListWorkGroups${LENGTH}`,
  'an STS call': `POST / HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded${LENGTH}`,
  'a batch delete': `POST /bkt?delete HTTP/1.1${LENGTH}`,
  'a setting of a bucket': `PUT /bkt?tagging HTTP/1.1${LENGTH}`,
  'an object': `PUT /bkt/k HTTP/1.1${LENGTH}`,
  'an object in chunks': 'PUT /bkt/k HTTP/1.1\r\ntransfer-encoding: chunked',
  'a fault': `POST /_lake/faults HTTP/1.1${LENGTH}`,
  'the reading of a large object': 'GET /bkt/large HTTP/1.1',
};

describe('a client that drops its connection', () => {
  for (const [what, head] of Object.entries(BEGUN))
    it(`in the middle of ${what} is no error of the lake`, async () => {
      await raw(lake.url, 'DELETE', '/_lake/log');
      const stderr = mock.method(process.stderr, 'write', () => true);
      await leave(head);
      await sleep(60);
      assert.equal((await raw(lake.url, 'GET', '/_lake/health')).status, 200);
      assert.deepEqual(
        stderr.mock.calls.map((call) => call.arguments[0]),
        [],
      );
      stderr.mock.restore();
      const log = JSON.parse((await raw(lake.url, 'GET', '/_lake/log')).body) as { status: number }[];
      assert.deepEqual(
        log.filter(({ status }) => status >= 500),
        [],
      );
    });
});
