import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import * as core from '../../scripts/core/load/index.ts';
import { addDays } from '../../scripts/core/partition/index.ts';
import { table } from './load-table.ts';

const cases = <T>(name: string): T[] =>
  parse(readFileSync(new URL(`../cases/load/${name}.yaml`, import.meta.url), 'utf8'));

describe('what is due', () => {
  interface DueCase {
    name: string;
    monthly?: boolean;
    start?: string;
    yesterday: string;
    asked?: [string | null, string | null];
    sources: string[];
    loaded?: Record<string, string>;
    states: Record<string, string>;
    days?: string[];
    objects?: number[];
  }
  for (const each of cases<DueCase>('due')) {
    test(each.name, () => {
      const start = each.start === undefined ? '' : `, start: "${each.start}"`;
      const date = each.monthly ? 'yyyy-MM' : 'yyyy-MM-dd';
      const loaded = table({
        sql: 'SELECT a, d FROM land.x WHERE d BETWEEN :from AND :to',
        extra: `partitions: [{ name: d, type: string, date: ${date}, description: D }]\nload: { mode: partitions${start} }`,
      }) as core.LoadedTable;
      const asked: core.Asked = {
        range: each.asked && { from: each.asked[0] ?? undefined, to: each.asked[1] ?? undefined },
        yesterday: each.yesterday,
      };
      const periods = each.sources.map((day) => ({ from: day, to: day, sources: sourcesOf(day) }));
      const range = core.rangeOf(loaded, asked, each.sources.toSorted()[0]);
      const ledger = new Map(
        Object.entries(each.loaded ?? {}).map(([day, text]) => [core.unitKey([day]), entryOf(day, text)]),
      );
      const facts = {
        dated: [{ table: 'land.x', periods }],
        ledger,
        definition: 'now',
        asked: each.asked !== undefined,
      };
      const units = range === undefined ? [] : core.unitsOf(loaded, range, facts);
      const states = units.map((unit) => [unit.from, unit.state.kind === 'due' ? unit.state.reason : unit.state.kind]);
      assert.deepEqual(Object.fromEntries(states), each.states);
      if (each.days)
        assert.deepEqual(
          units.map((unit) => `${unit.from}..${unit.to}`),
          each.days,
        );
      if (each.objects)
        assert.deepEqual(
          units.map((unit) => unit.sources.objects.length),
          each.objects,
        );
    });
  }

  const sourcesOf = (day: string): core.Sources => ({
    objects: [{ key: `s3://b/${day}`, etag: 'e', size: 10 }],
    upstream: [],
  });

  function entryOf(day: string, state: string): core.LedgerEntry {
    return {
      ...core.readLedger({ 'weir.load.id': 'x' })!,
      fingerprint: state.startsWith('same') ? core.fingerprint(sourcesOf(day)) : 'another',
      definition: state.includes('stale') ? 'before' : 'now',
      held: state.includes('held') ? 'rolled back' : undefined,
    };
  }

  test('every source must be there', () => {
    const loaded = table({
      extra: 'partitions: [{ name: d, type: string, date: yyyy-MM-dd, description: D }]\nload: { mode: partitions }',
      sql: 'SELECT 1',
    }) as core.LoadedTable;
    const day = { from: '2025-01-01', to: '2025-01-01' };
    const dated = [
      { table: 'land.x', periods: [{ ...day, sources: sourcesOf('x') }] },
      { table: 'land.y', periods: [] },
    ];
    const [unit] = core.unitsOf(loaded, day, { dated, ledger: new Map(), definition: '', asked: false });
    assert.deepEqual(unit?.state, { kind: 'waiting', missing: ['land.y'] });
  });

  test('a source by month is that of each of its days', () => {
    const loaded = table({
      extra: 'partitions: [{ name: d, type: string, date: yyyy-MM-dd, description: D }]\nload: { mode: partitions }',
      sql: 'SELECT 1',
    }) as core.LoadedTable;
    const month = { from: '2025-02-01', to: '2025-02-28', sources: sourcesOf('feb') };
    const range = { from: '2025-01-31', to: '2025-03-01' };
    const facts = { dated: [{ table: 'land.x', periods: [month] }], ledger: new Map(), definition: '', asked: false };
    const due = core.unitsOf(loaded, range, facts).filter((unit) => unit.state.kind === 'due');
    assert.deepEqual([due.length, due[0]?.from, due.at(-1)?.from], [28, '2025-02-01', addDays('2025-03-01', -1)]);
  });
});
