import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { compileQuery, parseStatement, SqlError } from '../../../src/sql/index.ts';
import { catalog } from './catalog.ts';

const columns = { id: 'bigint', amount: 'decimal(10,2)', year: 'varchar' };
const relations = catalog({
  'shop.sales': { columns },
  'shop.stale': { columns: { id: 'integer' }, sql: 'SELECT id FROM sales' },
  'shop.widened': { columns: { id: 'decimal(20,1)' }, sql: 'SELECT id FROM sales' },
  'shop.shorter': { columns: { id: 'bigint', more: 'bigint' }, sql: 'SELECT id FROM sales' },
  'shop.renamed': { columns: { number: 'bigint' }, sql: 'SELECT id FROM sales' },
  'shop.broken': { columns: { id: 'bigint' }, sql: 'SELECT gone FROM sales' },
  'shop.itself': { columns: { id: 'bigint' }, sql: 'SELECT id FROM itself' },
  'shop.over_stale': { columns: { id: 'integer' }, sql: 'SELECT id FROM stale' },
});

const file = readFileSync(new URL('refusals.yaml', import.meta.url), 'utf8');
const cases = parse(file) as readonly { readonly sql: string; readonly error: string }[];

function errorOf(sql: string): string {
  try {
    const statement = parseStatement(sql);
    compileQuery(statement, { relations, defaultDatabase: 'shop' });
    return 'none';
  } catch (error) {
    if (error instanceof SqlError) return error.code;
    throw error;
  }
}

for (const { sql, error } of cases) {
  test(`refusals: ${sql}`, () => assert.equal(errorOf(sql), error));
}
