import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { answer } from '../../oracle/judge.ts';
import { openSession } from '../session.ts';

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const connection = await openSession();

/** An expression's type and text, or `!ERROR`. */
async function evaluate(expression: string): Promise<string> {
  const result = await answer(`SELECT typeof(x), x FROM (SELECT ${expression} AS x)`, connection);
  if ('error' in result) return `!${result.error.code}`;
  const [type, text] = result.rows[0]!;
  return `${type} ${text ?? 'NULL'}`;
}

/** Numbers and their likes agree to nine digits: libraries differ in the last ones. */
function agree(actual: string, expected: string): boolean {
  if (actual === expected) return true;
  const numbers = [actual, expected].map((text) => /^(?:double|real) (.*)$/.exec(text)?.[1]);
  const [a, b] = numbers.map((text) => (text === undefined ? Number.NaN : Number(text))) as [number, number];
  return Math.abs(a - b) <= 1e-9 * Math.abs(b);
}

for (const file of files) {
  const cases = parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, string>;
  test(`${file}: ${Object.keys(cases).length} expressions`, async () => {
    const off: string[] = [];
    for (const [expression, expected] of Object.entries(cases)) {
      const actual = await evaluate(expression);
      if (!agree(actual, expected)) off.push(`${expression}\n    ${actual}\n    wanted ${expected}`);
    }
    assert.equal(off.join('\n'), '');
  });
}
