import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killCatalogRounds } from '../catalog/kill-rounds.ts';
import { temporaryFolder } from '../server/started.ts';
import { killRounds } from '../store/kill-rounds.ts';

it('a lake killed 100 times while it writes keeps what it answered and nothing by halves', async (test) => {
  const { writes } = await killRounds(temporaryFolder(), 100, 11);
  test.diagnostic(`${writes} writes over 100 kills`);
  assert.ok(writes > 1000, `only ${writes} writes`);
});

it('a catalog whose process is killed 100 times while it changes keeps what it told', async (test) => {
  const { changes } = await killCatalogRounds(100);
  test.diagnostic(`${changes} changes of the catalog over 100 kills`);
  assert.ok(changes > 1000, `only ${changes} changes`);
});
