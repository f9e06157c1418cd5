import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import {
  castProbe,
  normalForm,
  parseSelect,
  probeQuery,
  quoteIdentifier,
  quoteString,
  replaceTable,
  rewriteDatabases,
  scan,
  substitute,
  tableReferences,
  withColumn,
} from '../../scripts/core/sql/index.ts';

const cases = (name: string): never[] =>
  parse(readFileSync(new URL(`../cases/sql/${name}.yaml`, import.meta.url), 'utf8'));

interface ParseCase {
  name: string;
  sql: string;
  tables?: string[];
  outputs?: string[];
  parameters?: string[];
  error?: [number, number, string];
}

describe('parseSelect', () => {
  for (const { name, sql, tables, outputs, parameters, error } of cases('parse') as ParseCase[]) {
    test(name, () => {
      const parsed = parseSelect(sql);
      if (error) {
        const [first] = parsed.errors;
        assert.deepEqual([first?.line, first?.column], error.slice(0, 2), JSON.stringify(parsed.errors));
        assert.match(first!.message, new RegExp(error[2]));
        assert.equal(parsed.ok, false);
        return;
      }
      assert.deepEqual(parsed.errors, []);
      const shown = parsed.tables.map((table) =>
        table.database === undefined ? `${table.name}${table.isCte ? '*' : ''}` : `${table.database}.${table.name}`,
      );
      assert.deepEqual(shown, tables);
      assert.deepEqual(
        parsed.outputNames?.map((output) => output ?? '-'),
        outputs,
      );
      if (parameters)
        assert.deepEqual(
          parsed.parameters.map((parameter) => parameter.name),
          parameters,
        );
      for (const table of parsed.tables) {
        assert.equal(sql.slice(table.start, table.end).toLowerCase().replaceAll('"', '').endsWith(table.name), true);
      }
    });
  }

  test('counts statements and names their kind', () => {
    assert.equal(parseSelect('SELECT 1; SELECT 2').statementCount, 2);
    assert.equal(parseSelect('SELECT 1; SELECT 2').ok, false);
    assert.equal(parseSelect('-- nothing').statementCount, 0);
    const kinds = ['VALUES 1', 'SHOW TABLES', 'EXPLAIN SELECT 1', 'EXPLAIN ANALYZE SELECT 1', 'DROP TABLE a.b'];
    assert.deepEqual(
      kinds.map((sql) => parseSelect(sql).kind),
      ['select', 'show', 'show', 'other', 'other'],
    );
    assert.equal(parseSelect('INSERT INTO a.b SELECT 1').kind, 'other');
    assert.equal(parseSelect('CREATE TABLE a.b AS SELECT 1 x').kind, 'other');
  });

  test('tableReferences gives each qualified table once', () => {
    assert.deepEqual(tableReferences('SELECT 1 FROM a.b JOIN A."B" ON true JOIN c.d ON true JOIN e ON true'), [
      { database: 'a', name: 'b' },
      { database: 'c', name: 'd' },
    ]);
  });
});

describe('rewriteDatabases', () => {
  for (const { sql, is } of cases('rewrite') as { sql: string; is: string }[]) {
    test(sql, () => {
      assert.equal(
        rewriteDatabases(sql, (database) => (database === 'odd' ? 'dev-odd' : `dev_${database}`)),
        is,
      );
    });
  }
});

describe('the normal form', () => {
  for (const { same, differ } of cases('hash') as { same: string[]; differ: string[] }[]) {
    test(same[0]!, () => {
      for (const text of same) assert.equal(normalForm(text), normalForm(same[0]!), text);
      for (const text of differ) assert.notEqual(normalForm(text), normalForm(same[0]!), text);
    });
  }

  test('a normal form is its own normal form', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'B', ' ', "'", '"', '--', '/*', '*/', '\n', ':from', '1', ';')),
        (parts) => {
          const text = parts.join('');
          assert.equal(normalForm(normalForm(text)), normalForm(text));
        },
      ),
    );
  });
});

describe('tokens and quoting', () => {
  test('the tokens of a text are the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(
          scan(text)
            .map((token) => token.text)
            .join(''),
          text,
        );
      }),
    );
  });

  test('a quoted name or string is one token and means what it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const [string, ...rest] = scan(quoteString(text));
        assert.equal(rest.length, 0);
        assert.equal(string?.text.slice(1, -1).replaceAll("''", "'"), text);
        assert.equal(scan(quoteIdentifier(text)).length, 1);
      }),
    );
    assert.equal(quoteIdentifier('plain_1'), 'plain_1');
    assert.equal(quoteIdentifier('Select'), '"Select"');
    assert.equal(quoteIdentifier('select'), '"select"');
    assert.equal(quoteIdentifier('a"b'), '"a""b"');
  });

  test('substitute puts dates and the table in place, nowhere else', () => {
    assert.equal(
      substitute("SELECT ':from' FROM :table WHERE d BETWEEN :from AND :to -- :to", {
        from: '2024-09-01',
        to: '2024-09-30',
        table: { database: 'weir_staging', name: 'order' },
      }),
      "SELECT ':from' FROM weir_staging.\"order\" WHERE d BETWEEN DATE '2024-09-01' AND DATE '2024-09-30' -- :to",
    );
    assert.equal(substitute('SELECT :from, :other', {}), 'SELECT :from, :other');
  });
});

describe('what a cast reads', () => {
  const probes = cases('probes') as { sql: string; column: string; source?: string; probe?: string }[];
  for (const { sql, column, source, probe } of probes) {
    test(`${column} of ${sql}`, () => {
      const found = castProbe(sql, column);
      assert.equal(found?.source, source);
      if (!found) return;
      const query = probeQuery(sql, found, column);
      assert.deepEqual(parseSelect(query).errors, []);
      if (probe) assert.ok(query.includes(`\n${probe}\n`), query);
    });
  }
});

describe('a table replaced, a column added', () => {
  for (const { sql, is } of cases('restrict') as { sql: string; is: string }[]) {
    test(sql, () => assert.equal(replaceTable(sql, { database: 'db', name: 't' }, 'SUB'), is));
  }
  for (const { sql, is } of cases('columns') as { sql: string; is?: string }[]) {
    test(`c in ${sql}`, () => assert.equal(withColumn(sql, 'c'), is));
  }
});

test('nested subqueries are read in time that grows with their number, not doubled by each', () => {
  const levels = 40;
  const began = performance.now();
  const parsed = parseSelect(`SELECT ${'(SELECT '.repeat(levels)}1${')'.repeat(levels)} AS n`);
  assert.equal(parsed.ok, true);
  assert.ok(performance.now() - began < 20_000, 'without the mend a dozen levels take longer');
});
