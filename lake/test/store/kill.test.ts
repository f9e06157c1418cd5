import assert from 'node:assert/strict';
import { it } from 'node:test';
import { temporaryFolder } from '../server/started.ts';
import { killRounds } from './kill-rounds.ts';

it('a lake killed while it writes keeps what it answered and nothing by halves (2 rounds)', async () => {
  const { writes } = await killRounds(temporaryFolder(), 2, 7);
  assert.ok(writes > 10, `only ${writes} writes`);
});
