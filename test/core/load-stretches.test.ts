import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { isLongGap, stretchesOf } from '../../scripts/core/load/index.ts';
import { addDays, type DayRange, type Granularity, periods } from '../../scripts/core/partition/index.ts';

interface StretchCase {
  name: string;
  granularity?: Granularity;
  range: string;
  known: string[];
  stretches: string[];
}

const spanOf = (text: string): DayRange => {
  const [from = '', to = from] = text.split('..');
  return { from, to };
};

describe('days that are looked at where no first day is said', () => {
  const cases = parse(readFileSync(new URL('../cases/load/stretches.yaml', import.meta.url), 'utf8')) as StretchCase[];
  for (const each of cases) {
    test(each.name, () => {
      const found = stretchesOf(spanOf(each.range), each.known.map(spanOf), each.granularity ?? 'day');
      assert.deepEqual(
        found.map(({ from, to }) => `${from}..${to}`),
        each.stretches,
      );
    });
  }

  test('hold every known day, each once, and few others', () => {
    const granularity = fc.constantFrom<Granularity>('day', 'month', 'year');
    const day = fc.integer({ min: 0, max: 40_000 }).map((number) => addDays('1910-01-01', number));
    fc.assert(
      fc.property(fc.uniqueArray(day, { minLength: 1, maxLength: 12 }), granularity, (days, unit) => {
        const sorted = days.toSorted();
        const range = { from: periods({ from: sorted[0]!, to: sorted[0]! }, unit)[0]!.from, to: '2025-03-01' };
        const known = days.map((each) => ({ from: each, to: each }));
        const found = stretchesOf(range, known, unit);
        const looked = found.flatMap((stretch) => periods(stretch, unit));
        assert.equal(new Set(looked.map((period) => period.from)).size, looked.length);
        for (const each of days.filter((one) => one <= range.to)) {
          assert.equal(looked.filter((period) => period.from <= each && each <= period.to).length, 1, each);
        }
        assert.ok(looked.length <= days.length * 367 + 367, `${looked.length} periods`);
      }),
    );
    assert.equal(isLongGap({ from: '2024-01-01', to: '2024-12-31' }), false);
    assert.equal(isLongGap({ from: '2024-01-01', to: '2025-01-01' }), true);
  });
});
