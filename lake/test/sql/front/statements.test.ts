import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseStatement, type Statement } from '../../../src/sql/index.ts';

interface Case {
  readonly sql: string;
  readonly is?: Readonly<Record<string, unknown>>;
  readonly properties?: readonly string[];
  readonly error?: string;
}

const cases = parse(readFileSync(new URL('statements.yaml', import.meta.url), 'utf8')) as readonly Case[];

function propertiesOf(statement: Statement): readonly string[] {
  return 'properties' in statement ? statement.properties.map((property) => property.name) : [];
}

for (const { sql, is, properties, error } of cases) {
  test(`statements: ${sql.replaceAll('\n', ' ')}`, () => {
    if (error) {
      assert.throws(() => parseStatement(sql), { message: error });
      return;
    }
    const statement = parseStatement(sql);
    const given = Object.fromEntries(Object.keys(is!).map((key) => [key, statement[key as keyof Statement]]));
    assert.deepEqual(given, is);
    if (properties) assert.deepEqual(propertiesOf(statement), properties);
  });
}
