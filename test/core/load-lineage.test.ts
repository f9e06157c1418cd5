import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import * as core from '../../scripts/core/load/index.ts';
import type { TableDefinition, ViewDefinition } from '../../scripts/core/model/definition.ts';
import { table } from './load-table.ts';

const cases = <T>(name: string): T[] =>
  parse(readFileSync(new URL(`../cases/load/${name}.yaml`, import.meta.url), 'utf8'));

describe('lineage', () => {
  interface GraphCase {
    name: string;
    loads: Record<string, string[]>;
    checks?: Record<string, string>;
    order?: string[];
    upstream?: Record<string, string[]>;
    reads?: Record<string, string[]>;
    cycles?: string[];
  }
  for (const each of cases<GraphCase>('graph')) {
    test(each.name, () => {
      const graph = core.loadGraph(definitionsOf(each));
      if (each.order) assert.deepEqual(graph.order.map(core.keyOf), each.order);
      for (const [key, above] of Object.entries(each.upstream ?? {})) assert.deepEqual(graph.upstream.get(key), above);
      for (const [key, read] of Object.entries(each.reads ?? {})) {
        assert.deepEqual(graph.reads.get(key)?.map(core.keyOf), read);
      }
      assert.deepEqual(
        graph.cycles.map((cycle) => cycle.join(' ')),
        each.cycles ?? [],
      );
    });
  }

  function definitionsOf(each: GraphCase): { tables: TableDefinition[]; views: ViewDefinition[] } {
    const sql = (reads: string[]): string => `SELECT 1 AS a FROM ${reads.join(' CROSS JOIN ')}`;
    const split = (key: string): { database: string; name: string } => {
      const [database = '', name = ''] = key.replace(/^v:/, '').split('.');
      return { database, name };
    };
    const tables = Object.entries(each.loads).flatMap(([key, reads]) => {
      if (key.startsWith('v:')) return [];
      const to = each.checks?.[key];
      const checks = to === undefined ? '' : `checks: [{ relationships: { column: a, to: ${to}.a } }]`;
      return [table({ ...split(key), sql: sql(reads), extra: `load: { mode: replace }\n${checks}` })];
    });
    const views = Object.entries(each.loads).flatMap(([key, reads]) => {
      return key.startsWith('v:')
        ? [{ kind: 'view', ...split(key), sql: sql(reads) } as unknown as ViewDefinition]
        : [];
    });
    return { tables: [...tables, table({ database: 'land', name: 'x' })], views };
  }
});
