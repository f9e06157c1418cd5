import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { postStatement, trinoServer } from '../../src/trino/http.ts';

const server = createServer((_, response) => {
  response.end(JSON.stringify({ id: 'q', nextUri: 'http://127.0.0.1:9/secrets', stats: { state: 'QUEUED' } }));
}).listen(0, '127.0.0.1');
after(() => server.close());

test('an answer that goes on at another host is refused: the password would go there', async () => {
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const trino = trinoServer(`http://user:secret@127.0.0.1:${port}`)!;
  await assert.rejects(postStatement(trino, 'SELECT 1', {}, new AbortController().signal), (error: Error) => {
    assert.match(error.message, /goes on at another address: http:\/\/127\.0\.0\.1:9\/secrets/);
    assert.doesNotMatch(error.message, /secret@|user:/);
    return true;
  });
});
