import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { calendar, type LoadUnit, unitKey } from '../../scripts/core/load/index.ts';
import { type Granularity, periods } from '../../scripts/core/partition/index.ts';

interface CalendarCase {
  name: string;
  granularity?: Granularity;
  units: string[];
  failed?: string[];
  lines?: string[];
  count?: number;
  last?: string;
}

function unitsOf(text: string, granularity: Granularity): LoadUnit[] {
  const [days = '', kind = ''] = text.split(' ');
  const [from = '', to = from] = days.split('..');
  return periods({ from, to }, granularity).map((period) => {
    const rest = { sources: { objects: [], upstream: [] }, fingerprint: '', bytes: 0 };
    return { ...period, ...rest, values: [period.from], state: { kind } as LoadUnit['state'] };
  });
}

describe('the calendar of a table', () => {
  const cases = parse(readFileSync(new URL('../cases/load/calendar.yaml', import.meta.url), 'utf8')) as CalendarCase[];
  for (const each of cases) {
    test(each.name, () => {
      const units = each.units.flatMap((text) => unitsOf(text, each.granularity ?? 'day'));
      const lines = calendar(units, new Set((each.failed ?? []).map((day) => unitKey([day]))));
      if (each.lines !== undefined) assert.deepEqual(lines, each.lines);
      if (each.count !== undefined) assert.equal(lines.length, each.count);
      if (each.last !== undefined) assert.equal(lines.at(-1), each.last);
    });
  }
});
