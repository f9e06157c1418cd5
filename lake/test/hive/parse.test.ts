import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { parse } from 'yaml';
import { parseHive } from '../../src/hive/parse.ts';

const read = (name: string) => parse(readFileSync(new URL(name, import.meta.url), 'utf8'));

for (const { sql, is } of read('statements.yaml') as { sql: string; is: unknown }[]) {
  test(`reads ${sql.split('\n')[0]}`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(parseHive(sql))), is);
  });
}

for (const { sql, error } of read('refusals.yaml') as { sql: string; error: string }[]) {
  test(`refuses ${sql.split('\n')[0]}`, () => {
    assert.throws(() => parseHive(sql), { message: error });
  });
}
