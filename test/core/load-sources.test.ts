import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import * as core from '../../scripts/core/load/index.ts';
import type { TableDefinition } from '../../scripts/core/model/definition.ts';
import { table } from './load-table.ts';

const cases = <T>(name: string): T[] =>
  parse(readFileSync(new URL(`../cases/load/${name}.yaml`, import.meta.url), 'utf8'));

describe('keys and listings', () => {
  interface KeyCase {
    name: string;
    base: string;
    partitions: Record<string, string>;
    template?: string;
    keys: Record<string, string | null>;
    prefix: [string, string, string][];
  }
  for (const each of cases<KeyCase>('keys')) {
    test(each.name, () => {
      const partitions = Object.entries(each.partitions).map(([name, date]) => ({
        name,
        type: 'string',
        description: undefined,
        date: date === '' ? undefined : date,
      }));
      const source: TableDefinition = {
        ...table({}),
        location: { bucket: 'landing', path: each.base },
        partitions,
        projection: each.template === undefined ? undefined : { columns: {}, template: each.template },
      };
      const read = core.keyReader(source);
      for (const [key, days] of Object.entries(each.keys)) {
        const found = read(key);
        assert.equal(found ? `${found.from}..${found.to}` : null, days, key);
      }
      for (const [from, to, prefix] of each.prefix) assert.equal(core.listingPrefix(source, { from, to }), prefix);
    });
  }
});

describe('CSV files', () => {
  const format = {
    kind: 'csv',
    serde: 'open',
    delimiter: ',',
    quote: '"',
    escape: '\\',
    header: 1,
    nullAs: undefined,
  } as const;
  for (const each of cases<{ name: string; text: string; part?: boolean; fault?: [number, string] }>('csv')) {
    test(each.name, () => {
      const fault = core.csvFault(each.text, format, ['a', 'b'], !each.part);
      assert.equal(fault?.line, each.fault?.[0], JSON.stringify(fault));
      if (each.fault) assert.ok(fault!.message.includes(each.fault[1]), fault!.message);
    });
  }
});
