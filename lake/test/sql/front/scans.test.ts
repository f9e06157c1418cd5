import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { compileQuery } from '../../../src/sql/index.ts';
import { catalog } from './catalog.ts';

interface Case {
  readonly name: string;
  readonly sql: string;
  readonly parameters?: readonly string[];
  readonly scans: readonly { readonly table: string; readonly columns: readonly string[]; readonly filter?: string }[];
}

const file = parse(readFileSync(new URL('scans.yaml', import.meta.url), 'utf8')) as {
  readonly tables: Parameters<typeof catalog>[0];
  readonly cases: readonly Case[];
};
const relations = catalog(file.tables);

for (const { name, sql, parameters, scans } of file.cases) {
  test(`scans: ${name}`, () => {
    const compiled = compileQuery(sql, { relations, defaultDatabase: 'shop', parameters });
    const read = compiled.scans.map(({ table, columns }) => ({ table, columns }));
    assert.deepEqual(
      read,
      scans.map(({ table, columns }) => ({ table, columns })),
    );
    for (const [index, { filter }] of scans.entries()) {
      const given = compiled.scans[index]?.partitionFilter;
      if (filter === undefined) assert.equal(given, undefined);
      else
        assert.match(
          given ?? 'no filter',
          new RegExp(filter.includes('CAST(') ? filter.replaceAll(/[()"]/g, '\\$&') : filter),
        );
    }
  });
}
