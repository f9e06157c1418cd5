import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession } from '../session.ts';

const connection = await openSession();

test('a pattern without end ends the query, not the service of others', { timeout: 60_000 }, async () => {
  // Not of constants, which DuckDB would try to fold more than once.
  const bomb = "SELECT weir_regexp_extract(repeat('x', 60 + i), '(x+x+)+y', 0) FROM range(1) AS t(i)";
  await assert.rejects(connection.run(bomb), /NOT_SUPPORTED: NotImplemented: a pattern that takes more than 3 s/);
  const after = await connection.runAndReadAll("SELECT weir_regexp_extract('ab1', '[0-9]', 0)");
  assert.deepEqual(after.getRowsJson(), [['1']]);
  // Failures that are the function's own keep their names.
  await assert.rejects(connection.run("SELECT weir_regexp_extract('a', 'a', 3)"), /INVALID_FUNCTION_ARGUMENT: Pattern/);
});
