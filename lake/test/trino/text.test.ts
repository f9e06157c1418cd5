import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { readPage } from '../../src/trino/page.ts';
import * as text from '../../src/trino/text.ts';
import { shownAs } from '../../src/trino/values.ts';

function casesIn(file: string): readonly Record<string, string>[] {
  return parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as readonly Record<string, string>[];
}

describe('values in results', () => {
  for (const { type = '', json = '', text: shown } of casesIn('values.cases.yaml'))
    test(`${type} ${json}`, () => {
      const page = readPage(
        `{"id":"q","columns":[{"name":"a","type":${JSON.stringify(type)}}],"data":[[${json}]],"stats":{}}`,
      );
      assert.equal(shownAs(page.columns![0]!.type)(page.data[0]![0]!), shown);
    });
});

describe('statements on their way', () => {
  const changes: Readonly<Record<string, (sql: string) => string | undefined>> = {
    withoutSemicolon: text.withoutSemicolon,
    withCatalog: (sql) => text.withCatalog(sql, 'lake'),
    usingText: text.usingText,
    withProperties: (sql) => text.withProperties(sql, ['p = 1']),
    columnsOnly: (sql) => text.columnsOnly(sql, sql.slice(sql.indexOf('SELECT'))),
    executeImmediate: (sql) => text.executeImmediate(sql, '1'),
  };
  for (const { change = '', sql = '', gives } of casesIn('text.cases.yaml'))
    test(`${change} ${sql}`, () => assert.equal(changes[change]!(sql), gives));
});
