import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** Suites of several files (test/part.ts) have each of their parts: a file that is lost would be cases that are lost. */
test('no part of a suite is missing', () => {
  const suites = new Map<string, string[]>();
  for (const name of readdirSync(import.meta.dirname).filter((each) => each.endsWith('.test.ts'))) {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8');
    const part = /WEIR_PART \?\?= '(\d+\/\d+)'/.exec(text)?.[1];
    const suite = /import\('(.+)'\)/.exec(text)?.[1];
    if (part === undefined || suite === undefined) continue;
    suites.set(suite, [...(suites.get(suite) ?? []), part]);
  }
  assert.ok(suites.size > 0);
  for (const [suite, parts] of suites) {
    const count = Number(parts[0]!.split('/')[1]);
    const wanted = Array.from({ length: count }, (_, at) => `${at + 1}/${count}`);
    assert.deepEqual(parts.toSorted(), wanted, suite);
  }
});
