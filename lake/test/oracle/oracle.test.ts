import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'yaml';
import { figures, type Result } from './figures.ts';
import { type Case, judge, type Verdict } from './judge.ts';
import { folder, load } from './tables.ts';
import { openOracleLake } from './writes.ts';

/** What is known not to agree, each with its reason; a case that agrees after all must leave the list. */
const known = parse(readFileSync(`${folder}known.yaml`, 'utf8')) as Readonly<Record<string, string>>;

const cases = readdirSync(`${folder}cases`).flatMap((file) =>
  readFileSync(`${folder}cases/${file}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case),
);

const PAGE = new URL('../../../docs/conformance.md', import.meta.url);

let instance: DuckDBInstance;
let connection: DuckDBConnection;
const results: Result[] = [];

before(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await load(connection);
  const lake = await openOracleLake();
  for (const each of cases) results.push({ test: each, verdict: await judge(each, connection, lake) });
  await lake.close();
});

after(() => {
  connection.closeSync();
  instance.closeSync();
});

function of(positive: boolean, kind?: Verdict['kind']): Result[] {
  return results.filter(
    ({ test: each, verdict }) => (each.error === undefined) === positive && (!kind || verdict.kind === kind),
  );
}

function report(list: readonly Result[]): string {
  return list.map(({ test: each, verdict }) => `${each.id} ${each.sql}\n    ${verdict.detail}`).join('\n');
}

test('a real Trino gave these answers: figures', (context) => {
  const positive = `${of(true, 'agree').length} of ${of(true).length} agree, ${of(true, 'wrong').length} wrong, ${of(true, 'refused').length} refused`;
  const negative = `${of(false, 'agree').length} of ${of(false).length} refused by the same name`;
  context.diagnostic(`answers: ${positive}; errors: ${negative}`);
  assert.ok(of(true, 'agree').length / of(true).length >= 0.98, `answers: ${positive}`);
  assert.ok(of(false, 'agree').length / of(false).length >= 0.95, `errors: ${negative}`);
});

test('no answer is wrong, and no statement that Trino refuses is answered', () => {
  const wrong = results.filter(({ test: each, verdict }) => verdict.kind === 'wrong' && !(each.id in known));
  assert.equal(report(wrong), '');
});

test('what does not agree is listed with its reason, and nothing else is', () => {
  const off = results.filter(({ verdict }) => verdict.kind !== 'agree');
  assert.equal(report(off.filter(({ test: each }) => !(each.id in known))), '');
  const ids = new Set(off.map(({ test: each }) => each.id));
  assert.deepEqual(
    Object.keys(known).filter((id) => !ids.has(id)),
    [],
    'these agree now',
  );
});

test('docs/conformance.md has these figures', () => {
  const page = readFileSync(PAGE, 'utf8');
  const section = /(<!-- oracle: .* -->\n)[\s\S]*?(<!-- \/oracle -->)/;
  assert.match(page, section);
  const fresh = page.replace(section, (_, begin, end) => `${begin}${figures(results, known)}${end}`);
  if (process.env.UPDATE_GOLDEN) writeFileSync(PAGE, fresh);
  else assert.equal(page, fresh, 'UPDATE_GOLDEN=1 node test/run.js lake/test/oracle writes them');
});
