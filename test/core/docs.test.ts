import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadDefinitions } from '../../scripts/core/define/index.ts';
import { contextOf, judge, RULES } from '../../scripts/core/rules/index.ts';

/** docs/formats.md says what is: its rules are the catalogue's, its examples validate, no key is left out. */
const PAGE = 'docs/formats.md';
const BETWEEN = /(<!-- rules: [^\n]*-->\n)[\s\S]*(<!-- \/rules -->)/;

function table(): string {
  const rows = RULES.map(({ id, severity, finds }) => `| \`${id}\` | ${severity} | ${finds.replaceAll('|', '\\|')} |`);
  return ['| Rule | Severity | What it finds |', '|---|---|---|', ...rows, ''].join('\n');
}

test('the table of rules is the catalogue', () => {
  const page = readFileSync(PAGE, 'utf8');
  const fresh = page.replace(BETWEEN, (_, start: string, end: string) => `${start}${table()}${end}`);
  if (process.env.UPDATE_GOLDEN) writeFileSync(PAGE, fresh);
  else assert.equal(page, fresh, 'UPDATE_GOLDEN=1 node test/run.js test/core/docs.test.ts writes the table');
  assert.match(fresh, /\| `unknown-key` \| error \|/);
});

test('the examples are one lake without a fault', () => {
  const page = readFileSync(PAGE, 'utf8');
  const blocks = [...page.matchAll(/^```(?:yaml|sql) (pipeline\/\S+)\n([\s\S]*?)^```$/gm)];
  assert.ok(blocks.length >= 12);
  const files = blocks.map(([, path, text]) => ({ path: path!, text: text! }));
  const findings = judge(contextOf(loadDefinitions(files), '2025-03-01'));
  assert.deepEqual(
    findings.map(({ place, rule, message }) => `${place.path}:${place.line} ${rule} ${message}`),
    [],
  );
});

test('every key of the schemas is on the page', () => {
  const page = readFileSync(PAGE, 'utf8');
  const keys = readdirSync('schemas').flatMap((name) => keysOf(JSON.parse(readFileSync(`schemas/${name}`, 'utf8'))));
  assert.ok(keys.length > 50);
  assert.deepEqual(
    [...new Set(keys)].filter((key) => !new RegExp(`\\b${key}\\b`).test(page)),
    [],
  );
});

function keysOf(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(keysOf);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]) =>
    name === 'properties'
      ? [...Object.keys(value as object), ...Object.values(value as object).flatMap(keysOf)]
      : keysOf(value),
  );
}
