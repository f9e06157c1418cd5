import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killCatalogRounds } from './kill-rounds.ts';

it('nothing of the catalog that was told is lost by kill -9, 8 times on one folder', async () => {
  const { changes } = await killCatalogRounds(8);
  assert.ok(changes > 8, `only ${changes} changes`);
});
