import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import * as core from '../../scripts/core/load/index.ts';
import { table } from './load-table.ts';

interface Case {
  readonly name: string;
  readonly entry?: string;
  readonly held?: boolean;
  readonly time?: string;
  readonly exists?: boolean;
  readonly missing?: boolean;
  readonly asked?: boolean;
  readonly since?: string;
  readonly state: string;
}

const CASES = parse(readFileSync(join(import.meta.dirname, '../cases/load/again.yaml'), 'utf8')) as Case[];

describe('where a partition stands', () => {
  for (const each of CASES) {
    test(each.name, () => {
      const [print, definition] = each.entry?.split(' ') ?? [];
      const entry = each.entry === undefined ? undefined : core.readLedger({ 'weir.load.id': 'x' })!;
      const state = core.stateOf({
        missing: each.missing ? ['land.x'] : [],
        print: 'same',
        definition: 'same',
        entry: entry && {
          ...entry,
          fingerprint: print!,
          definition: definition!,
          time: `${each.time ?? '2025-03-01'}T07:00:00.000Z`,
          held: each.held ? 'rolled back' : undefined,
        },
        asked: each.asked ?? false,
        since: each.since === undefined ? undefined : `${each.since}T00:00:00.000Z`,
        exists: each.exists ?? false,
      });
      assert.equal(state.kind === 'due' ? state.reason : state.kind, each.state);
    });
  }
});

describe('what a backfill leaves alone', () => {
  const month = table({
    extra: 'partitions: [{ name: d, type: string, date: yyyy-MM, description: D }]\nload: { mode: partitions }',
    sql: 'SELECT 1',
  }) as core.LoadedTable;
  for (const [name, except, left] of [
    ['nothing', [], ['2025-01', '2025-02', '2025-03']],
    ['a part of a month is no month', [['2025-02-01', '2025-02-27']], ['2025-01', '2025-02', '2025-03']],
    ['a whole month', [['2025-02-01', '2025-02-28']], ['2025-01', '2025-03']],
    [
      'a month in pieces, in any order',
      [
        ['2025-02-15', '2025-03-31'],
        ['2025-01-20', '2025-02-14'],
      ],
      ['2025-01'],
    ],
  ] as const) {
    test(name, () => {
      const range = { from: '2025-01-01', to: '2025-03-31' };
      const sources = { objects: [{ key: 's3://b/x', etag: 'e', size: 1 }], upstream: [] };
      const backfill = { except: except.map(([from, to]) => ({ from, to })), since: '2025-04-01' };
      const facts = { dated: [{ table: 'land.x', periods: [{ ...range, sources }] }], ledger: new Map() };
      const units = core.unitsOf(month, range, { ...facts, definition: '', asked: true, backfill });
      assert.deepEqual(
        units.map((unit) => unit.values[0]),
        left,
      );
    });
  }
});

// A new version of Weir must not load anything again: what the ledgers of old versions hold is written down here.
describe('hashes are those that old versions wrote', () => {
  test('the fingerprint of sources', () => {
    const objects = [
      { key: 's3://b/days/2025-03-02/b.csv', etag: '0cc175b9c0f1b6a831c399e269772661', size: 20 },
      { key: 's3://b/days/2025-03-01/a.csv', etag: '92eb5ffee6ae2fec3ad71c777531578f', size: 10 },
    ];
    const upstream = [{ table: 'raw.x', partition: ['2025', '03'], load: '20250324t000000-ab12cd34', bytes: 5 }];
    assert.equal(core.fingerprint({ objects, upstream }).slice(0, 24), '0c24a136116f8207d36fb066');
  });

  test('the hash of a definition with all that counts', () => {
    const made = table({
      columns: '[{ name: a, type: "DECIMAL(10, 2)", description: A }, { name: b, type: string, description: B }]',
      sql: "-- words\nSELECT CAST(x AS decimal(10, 2)) AS a, y AS b, date_format(d, '%Y') AS y FROM land.x WHERE d BETWEEN :from AND :to",
      extra: `compression: zstd
sorted_by: [b]
partitions: [{ name: y, type: string, date: yyyy, description: Y }]
load: { mode: partitions, start: "2025-01-01" }`,
    });
    assert.equal(core.definitionHash(made).slice(0, 24), '1c501a5fadc70ceaf20dc562');
  });
});
