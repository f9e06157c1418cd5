import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import * as check from '../../scripts/core/check/index.ts';
import type { TableDefinition } from '../../scripts/core/model/definition.ts';
import { parseSelect } from '../../scripts/core/sql/index.ts';
import { table } from './load-table.ts';

const cases = <T>(name: string): T[] =>
  parse(readFileSync(new URL(`../cases/check/${name}.yaml`, import.meta.url), 'utf8'));

function audited(checks: readonly unknown[], files: Record<string, string> = {}): check.AuditTarget {
  const extra = `partitions: [{ name: y, type: string, date: yyyy, description: Y }, { name: m, type: int, date: M, description: M }]
load: { mode: partitions }
${checks.length === 0 ? '' : stringify({ checks })}`;
  const columns =
    '[{ name: a, type: bigint, description: A }, { name: s, type: string, description: S }, { name: d, type: date, description: D }]';
  const definition: TableDefinition = table({ columns, extra, sql: 'SELECT 1', files });
  return { table: definition, rows: { database: 'dev_weir_staging', name: 't1' }, rename: (name) => `dev_${name}` };
}

describe('literals', () => {
  for (const [value, type, literal] of cases<[string | number | boolean, string, string]>('literals')) {
    test(`${JSON.stringify(value)} as ${type}`, () => {
      assert.equal(check.typedLiteral(value, type), literal);
      assert.equal(parseSelect(`SELECT ${literal} AS v`).ok, true);
    });
  }
});

interface AuditCase {
  name: string;
  checks: unknown[];
  files?: Record<string, string>;
  sql: (string | null)[];
}

describe('audit queries', () => {
  for (const each of cases<AuditCase>('audits')) {
    test(each.name, () => {
      const target = audited(each.checks, each.files);
      const queries = check.auditQueries(target);
      assert.equal(queries.length, each.sql.length);
      for (const [index, sql] of each.sql.entries()) if (sql !== null) assert.equal(queries[index]?.sql, sql);
      for (const query of queries) assert.deepEqual(parseSelect(query.sql).errors, []);
      for (const definition of target.table.checks) {
        const sample = check.sampleQuery(definition, target, ['2025', '03']);
        if (sample !== undefined) assert.deepEqual(parseSelect(sample).errors, [], sample);
      }
    });
  }
});

const BASIS: check.AuditBasis = { today: '2025-05-10', share: (_, partition) => ({ 3: 100, 4: 0 })[partition[1]!] };

describe('verdicts', () => {
  const partitions = [
    ['2025', '3'],
    ['2025', '4'],
    ['2025', '5'],
  ];

  test('are by partition, told apart as CTAS wrote the values; a partition without rows has none that break', () => {
    const target = audited([{ not_null: 'a' }, { row_count: { min: 1, max: 5 } }, { unique: ['a', 's'] }]);
    const [rows, unique] = check.auditQueries(target);
    const result = check.readAudit(
      target.table,
      partitions,
      [
        {
          query: rows!,
          rows: [
            ['2025', '3', '6', '0'],
            ['2025', '4', '5', '2'],
          ],
        },
        { query: unique!, rows: [['2025', '3', '1']] },
      ],
      BASIS,
    );
    const shown = result.results.map(
      (each) => `${each.check.name} ${each.partition.join('/')} ${each.passed} ${each.count}`,
    );
    assert.deepEqual(shown, [
      'not_null_a 2025/3 true 0',
      'not_null_a 2025/4 false 2',
      'not_null_a 2025/5 true 0',
      'row_count 2025/3 false 6',
      'row_count 2025/4 true 5',
      'row_count 2025/5 false 0',
      'unique_a_s 2025/3 false 1',
      'unique_a_s 2025/4 true 0',
      'unique_a_s 2025/5 true 0',
    ]);
    assert.equal(result.rows.get(check.auditKey(target.table, ['2025', '03'])), 6);
  });

  test('of percent and of age; where there is nothing to compare with, nothing is wrong', () => {
    const target = audited([
      { row_count: { source: 'raw.t', min_percent: 90, max_percent: 100 } },
      { row_count: { last: 7, min_percent: 50 } },
      { freshness: { column: 'd', days: 2 } },
      { freshness: { days: 2 } },
    ]);
    const [rows] = check.auditQueries(target);
    const age = (day: string): string => String((Date.parse(day) - Date.parse('1970-01-01')) / 86_400_000);
    const answer = [
      ['2025', '3', '60', age('2025-03-28')],
      ['2025', '4', '5', age('2025-04-28')],
      ['2025', '5', '7', age('2025-05-08')],
    ];
    const result = check.readAudit(target.table, partitions, [{ query: rows!, rows: answer }], BASIS);
    assert.deepEqual(
      result.results.map((each) => `${each.check.name} ${each.partition[1]} ${each.passed} ${each.count}`),
      [
        'row_count_source 3 false 60',
        'row_count_source 4 false 5',
        'row_count_source 5 true 7',
        'row_count_last 3 true 60',
        'row_count_last 4 true 5',
        'row_count_last 5 true 7',
        'freshness_d 3 false 3',
        'freshness_d 4 true 2',
        'freshness_d 5 true 2',
      ],
    );
  });

  test('of own SQL that names no partition are of all of them', () => {
    const target = audited([{ sql: 'own' }], { own: 'SELECT a FROM :table WHERE a = 0' });
    const queries = check.auditQueries(target);
    const result = check.readAudit(
      target.table,
      partitions,
      [
        { query: queries[0]!, rows: [] },
        { query: queries[1]!, rows: [['3']] },
      ],
      BASIS,
    );
    assert.deepEqual(
      result.results.map((each) => each.passed),
      [false, false, false],
    );
  });
});

describe('rows of a source', () => {
  const monthly = audited([]).table;
  const daily = { ...monthly, partitions: [{ name: 'day', type: 'date', description: 'D', date: 'yyyy-MM-dd' }] };
  test('are those of the days that a partition has', () => {
    const counting = check.sourceCount(monthly, daily, [['2025', '2']], (name) => `dev_${name}`);
    assert.match(
      counting.sql,
      /^SELECT day, count\(\*\) AS row_count\nFROM dev_raw\.t\nWHERE day IN \(DATE '2025-02-01', DATE /,
    );
    assert.deepEqual(parseSelect(counting.sql).errors, []);
    const rows = [
      ['2025-02-01', '3'],
      ['2025-02-28', '4'],
      ['2025-03-01', '5'],
    ];
    assert.equal(counting.read(rows, ['2025', '2']), 7);
  });
  test('of a coarser source, spelled as numbers', () => {
    const counting = check.sourceCount(daily, monthly, [['2025-03-05'], ['2025-03-06']], (name) => name);
    assert.match(counting.sql, /WHERE \(y, m\) IN \(\('2025', 3\)\)\nGROUP BY y, m$/);
    assert.equal(counting.read([['2025', '3', '9']], ['2025-03-05']), 9);
  });
  test('of a table as a whole are all', () => {
    const counting = check.sourceCount({ ...monthly, partitions: [] }, daily, [[]], (name) => name);
    assert.equal(counting.sql, 'SELECT count(*) AS row_count FROM raw.t');
    assert.equal(counting.read([['9']], []), 9);
  });
  test('that were loaded before are averaged', () => {
    const rows = new Map([
      ['2025-03-01', 10],
      ['2025-03-03', 30],
      ['2025-03-02', 20],
      ['2025-03-05', 99],
    ]);
    assert.equal(check.averageBefore(rows, '2025-03-05', 2), 25);
    assert.equal(check.averageBefore(rows, '2025-03-01', 2), undefined);
    assert.equal(check.lookBack(daily, '2025-03-15', 7), '2025-03-01');
  });
});
