import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ActualLake } from '../../scripts/core/model/actual.ts';
import type { Environment } from '../../scripts/core/model/definition.ts';
import { sourceBytes } from '../../scripts/core/normalize/partitions.ts';
import { makePlan } from '../../scripts/core/plan/plan.ts';
import { staleCost } from '../../scripts/core/render/plan-parts.ts';
import { definitionsOf, type Snippet } from './diff-case.ts';
import { catalogOf } from './pure-catalog.ts';

/** What a plan says that a backfill of stale partitions costs: never less than it does without saying so. */

describe('bytes of the sources that a ledger tells of', () => {
  const listed = (...sizes: number[]): string => JSON.stringify(sizes.map((size) => ({ key: 'k', etag: 'e', size })));
  for (const [name, sources, count, bytes] of [
    ['all are named', listed(100, 200), undefined, 300],
    ['more than it names are counted: of the same size', listed(100, 200), '1000', 150_000],
    ['a part of a byte is rounded', listed(1, 1, 2), '5', 7],
    ['a count that says less than is named', listed(100, 200), '1', 300],
    ['a count that is none', listed(100, 200), 'many', 300],
    ['no source is named', listed(), '5', 0],
    ['a ledger that cannot be read', '{', '5', 0],
    ['no ledger', undefined, undefined, 0],
  ] as const) {
    test(name, () => {
      const parameters: Record<string, string> = {};
      if (sources !== undefined) parameters['weir.load.sources'] = sources;
      if (count !== undefined) parameters['weir.load.source_count'] = count;
      assert.equal(sourceBytes(parameters), bytes);
    });
  }
});

describe('the price of a backfill', () => {
  const columns = [{ name: 'a', type: 'int' }];
  const loads = (sql: string) => ({ load: { mode: 'replace' }, columns, sql });
  const LAKE: Snippet = {
    tables: {
      drops: { columns },
      more: { columns },
      base: loads('SELECT a FROM d.drops'),
      top: loads('SELECT a FROM d.v'),
      both: loads('SELECT b.a FROM d.base b JOIN d.drops x ON x.a = b.a JOIN d.top t ON t.a = b.a'),
    },
    views: { v: { sql: 'SELECT a FROM d.base', columns: [{ name: 'a', type: 'integer' }] } },
  };
  const definitions = definitionsOf(LAKE);
  const environment: Environment = { ...definitions.lake.environments.local!, name: 'prod', prefix: '' };

  /** Every load was made by another definition, from three files of a gigabyte (none of `top`) of which two are named. */
  function loaded(): ActualLake {
    const lake = catalogOf(definitions, environment);
    const tables = lake.tables.map((each) => {
      const sources = each.table.name === 'top' ? [] : [{ size: 1e9 }, { size: 1e9 }];
      const ledger = { 'weir.load.definition': 'before', 'weir.load.sources': JSON.stringify(sources) };
      const count: Record<string, string> = sources.length > 0 ? { 'weir.load.source_count': '3' } : {};
      return { ...each, table: { ...each.table, parameters: { ...each.table.parameters, ...ledger, ...count } } };
    });
    return { ...lake, tables };
  }

  const { stale } = makePlan({ definitions, environment, actual: loaded(), today: '2026-01-01', against: 'live' });
  for (const [table, text] of [
    ['base', 'it reads 3.00 GB in 1 query, about $0.015'],
    ['top', 'it reads the loads of d.base in 1 query, at least $0.000050'],
    ['both', 'it reads 3.00 GB and the loads of d.base, d.top in 1 query, at least $0.015'],
  ] as const) {
    test(`${table}: ${text}`, () => {
      assert.equal(staleCost(stale.find((each) => each.table === `d.${table}`)!), text);
    });
  }
});
