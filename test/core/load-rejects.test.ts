import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse, parseDocument, YAMLMap, type YAMLSeq } from 'yaml';
import type { LoadedTable } from '../../scripts/core/load/index.ts';
import * as core from '../../scripts/core/load/index.ts';
import type { Column } from '../../scripts/core/model/definition.ts';
import { parseSelect } from '../../scripts/core/sql/index.ts';
import { table } from './load-table.ts';

interface Case {
  readonly name: string;
  readonly load: string;
  readonly checks?: readonly unknown[];
  readonly files?: boolean;
  readonly is?: string;
}

const FILE = 'test/cases/load/rejects.yaml';
const cases: readonly Case[] = parse(readFileSync(FILE, 'utf8'));

const column = (name: string, type: string): Column => ({ name, type, description: undefined });
const X = ['a string', 'd string', 'n bigint', 'l array<string>', 'b binary'].map((each) => {
  const [name = '', type = ''] = each.split(' ');
  return column(name, type);
});
const relations: core.Relations = (database, name) => {
  if (database !== 'land') return undefined;
  return name === 'x' ? { kind: 'table', columns: X } : { kind: 'view', columns: [column('a', 'varchar')] };
};

function loaded(sql: string, checks: readonly unknown[] = []): LoadedTable {
  const extra = `partitions: [{ name: p, type: string, description: P }]
load: { mode: replace, rejects: { max_rows: 1 } }
checks: ${JSON.stringify(checks)}`;
  const columns = '[{ name: a, type: int, description: A }, { name: d, type: date, description: D }]';
  return table({ columns, extra, sql }) as LoadedTable;
}

function statement({ load, checks, files }: Case): string {
  const request: core.CtasRequest = {
    table: loaded(load, checks),
    staging: { database: 'weir_staging', name: 's' },
    location: 's3://raw/load-1/',
    days: undefined,
    only: undefined,
    rename: (database) => `dev_${database}`,
    rejects: { loadId: 'load-1', relations },
    ...(files === true
      ? { objects: { table: table({ database: 'land', name: 'x' }), paths: ['s3://l/x/1.csv'], partitions: [] } }
      : {}),
  };
  return core.ctas(request);
}

describe('load.sql with rejects', () => {
  for (const each of cases) {
    test(each.name, () => {
      const sql = statement(each);
      assert.deepEqual(parseSelect(sql).errors, [], sql);
      if (!process.env.UPDATE_GOLDEN) assert.equal(sql.slice(sql.indexOf('\nFROM (') + 1), each.is);
    });
  }

  test('the statement says what to write where', () => {
    const sql = statement(cases[0]!);
    assert.equal(
      sql.slice(0, sql.indexOf('\nFROM (')),
      `CREATE TABLE weir_staging.s
WITH (
  format = 'PARQUET',
  external_location = 's3://raw/load-1/',
  partitioned_by = ARRAY['weir_rows', 'p']
)
AS SELECT a, d, CASE WHEN reject_reason IS NOT NULL THEN 'load-1' END AS reject_load, CASE WHEN reject_reason IS NOT NULL THEN weir_file END AS reject_file, CAST(NULL AS bigint) AS reject_line, reject_reason, CASE WHEN reject_reason IS NOT NULL THEN json_format(CAST(map(ARRAY['a', 'd', 'n', 'l', 'b'], ARRAY[CAST(weir_text_1 AS varchar), CAST(weir_text_2 AS varchar), CAST(weir_text_3 AS varchar), json_format(CAST(weir_text_4 AS json)), to_hex(weir_text_5)]) AS json)) END AS reject_text, CAST(CASE WHEN reject_reason IS NULL THEN 'accepted' ELSE 'rejected' END AS varchar) AS weir_rows, p`,
    );
    assert.match(sql, /\nORDER BY weir_rows, p$/);
  });

  if (process.env.UPDATE_GOLDEN) {
    const document = parseDocument(readFileSync(FILE, 'utf8'));
    for (const [index, node] of (document.contents as YAMLSeq).items.entries()) {
      const sql = statement(cases[index]!);
      if (node instanceof YAMLMap) node.set('is', sql.slice(sql.indexOf('\nFROM (') + 1));
    }
    writeFileSync(FILE, document.toString({ lineWidth: 0 }));
  }
});

describe('rejects of a partition', () => {
  const staging = { database: 'weir_staging', name: 's' };

  test('are counted by reason, in one query over nothing else', () => {
    const sql = core.rejectsQuery(loaded('SELECT 1'), staging);
    assert.match(
      sql,
      /^SELECT p, reject_reason, count\(\*\).*\nFROM weir_staging.s\nWHERE weir_rows = 'rejected'\nGROUP BY p, reject_reason$/,
    );
    const counts = core.readRejects(loaded('SELECT 1'), [
      ['1', 'few', '2', 's3://l/x/1.csv\n{"a":"x"}'],
      ['1', 'many', '7', '\n{"a":"line\nbreak"}'],
      ['2', 'many', '1', '\n'],
    ]);
    assert.deepEqual(
      counts.map(({ values, rows, reasons }) => [values, rows, reasons.map((each) => each.reason)]),
      [
        [['1'], 9, ['many', 'few']],
        [['2'], 1, ['many']],
      ],
    );
    assert.deepEqual(counts[0]!.reasons[0], { reason: 'many', rows: 7, file: '', text: '{"a":"line\nbreak"}' });
  });

  test('keep to each bound that is given, up to and with it', () => {
    const over = (limit: { maxRows?: number; maxPercent?: number }, rejected: number, accepted: number): boolean =>
      core.overLimit({ maxRows: limit.maxRows, maxPercent: limit.maxPercent }, rejected, accepted) !== undefined;
    assert.deepEqual([over({ maxRows: 2 }, 2, 0), over({ maxRows: 2 }, 3, 1e6)], [false, true]);
    assert.deepEqual([over({ maxRows: 0 }, 0, 5), over({ maxRows: 0 }, 1, 5)], [false, true]);
    assert.deepEqual([over({ maxPercent: 0.1 }, 1, 999), over({ maxPercent: 0.1 }, 1, 998)], [false, true]);
    assert.deepEqual([over({ maxPercent: 100 }, 9, 0), over({ maxRows: 5, maxPercent: 1 }, 2, 98)], [false, true]);
  });
});

test('a partition has two folders, so a statement writes half as many', () => {
  assert.deepEqual([core.mostPartitions(loaded('SELECT 1')), core.mostPartitions(table({}))], [50, 100]);
});

test('what decides over rows marks a load that was begun', () => {
  const mark = (...given: Parameters<typeof loaded>): string | undefined =>
    core.rejectsMark(loaded(...given), relations);
  const sql = 'SELECT TRY_CAST(x.a AS integer) AS a, current_date AS d, x.d AS p FROM land.x x';
  assert.equal(mark(sql, [{ not_null: 'a', severity: 'warn' }]), mark(sql));
  assert.notEqual(mark(sql, [{ not_null: 'a' }]), mark(sql));
  assert.equal(core.rejectsMark(table({ sql, extra: 'load: { mode: replace }' }) as LoadedTable, relations), undefined);
});

describe('the entries of a rejects table', () => {
  const days = loaded('SELECT 1 AS a');
  const ledger = (id: string, rejected?: number): Readonly<Record<string, string>> =>
    core.writeLedger({
      ...{ id, rows: 1, bytes: 1, fingerprint: 'f', definition: 'd', time: 't', query: 'q', commit: 'c' },
      ...{ sources: [], upstream: [], previous: [], held: undefined },
      ...(rejected === undefined ? {} : { rejected }),
    });
  const at = (p: string, id: string, rejected?: number) => ({
    values: [p],
    storage: { location: `s3://raw/raw/t/load-${id}/weir_rows=accepted/p=${p}` },
    parameters: ledger(id, rejected),
  });
  const shown = (p: string, id: string) => ({
    values: [p],
    storage: { location: `s3://raw/raw/t/load-${id}/weir_rows=rejected/p=${p}/` },
    parameters: ledger(id),
  });
  const stray = (...given: Parameters<typeof core.strayRejects> extends [unknown, ...infer R] ? R : never) =>
    core
      .strayRejects(days, ...given)
      .map(({ values, location, ledger: { id, rows } }) => [values[0], location, id, rows]);

  test('are those of the loads that the table shows', () => {
    const where = (id: string, p: string): string => `s3://raw/raw/t/load-${id}/weir_rows=rejected/p=${p}/`;
    assert.deepEqual(stray([at('1', 'A', 3), at('2', 'A', 0), at('3', 'A')], []), [['1', where('A', '1'), 'A', 3]]);
    assert.deepEqual(stray([at('1', 'A', 3)], [shown('1', 'A')]), []);
    assert.deepEqual(stray([at('1', 'B', 0)], [shown('1', 'A')]), [['1', where('B', '1'), 'B', 0]]);
    assert.deepEqual(stray([at('1', 'B', 0)], [shown('1', 'B')]), []);
  });

  test('a partition that no load has written, or that has no rejects to show, has none', () => {
    const imported = { values: ['1'], storage: { location: 's3://raw/old/p=1/' }, parameters: {} };
    assert.deepEqual(stray([imported, at('2', 'A')], []), []);
  });
});
