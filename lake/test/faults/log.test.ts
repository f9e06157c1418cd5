import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createCallLog } from '../../src/faults/log.ts';

test('the log keeps the beginning of a request, not the whole of it in memory', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const log = createCallLog();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let number = 0; number < 100; number += 1) {
    const request = `POST ${number} ${Buffer.alloc(1_000_000, 'é').toString()}`;
    log.add({ time: '', service: 'glue', operation: 'CreateTable', status: 200, ms: 1, request });
  }
  collect();
  const grown = (process.memoryUsage().heapUsed - before) / 1e6;
  assert.equal(log.list().length, 100);
  assert.ok(log.list()[7]!.request.startsWith('POST 7 éé'));
  assert.ok(grown < 10, `${grown.toFixed(0)} MB`);
});
