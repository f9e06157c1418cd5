import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { raw, startedLake } from '../server/started.ts';
import { fuzz } from './fuzz.ts';

const lake = await startedLake();
await raw(lake.url, 'PUT', '/bkt');
await raw(lake.url, 'PUT', '/bkt/k', { body: 'hello' });

it('broken requests are refused: no crash, no hang, no path of this machine (1,000 seeded)', async () => {
  const statuses = await fuzz(lake, 1000, 42);
  assert.ok((statuses.get(400) ?? 0) > 100 && (statuses.get(200) ?? 0) > 10, JSON.stringify([...statuses]));
  assert.deepEqual(
    readdirSync(join(lake.dir, 'tmp')).filter((name) => !name.includes('-')),
    [],
  );
});
