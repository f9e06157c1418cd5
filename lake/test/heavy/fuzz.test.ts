import assert from 'node:assert/strict';
import { it } from 'node:test';
import { raw, startedLake } from '../server/started.ts';
import { fuzz } from '../wire/fuzz.ts';

const lake = await startedLake();
await raw(lake.url, 'PUT', '/bkt');

it('50,000 broken requests over 10 seeds: no crash, no hang, no leak, flat memory', async (test) => {
  await fuzz(lake, 5000, 1);
  const before = process.memoryUsage().rss;
  for (let seed = 2; seed <= 10; seed += 1) await fuzz(lake, 5000, seed);
  const grown = (process.memoryUsage().rss - before) / 1024 ** 2;
  test.diagnostic(`memory grew by ${grown.toFixed(0)} MB over 45,000 requests`);
  assert.ok(grown < 150, `${grown.toFixed(0)} MB`);
});
